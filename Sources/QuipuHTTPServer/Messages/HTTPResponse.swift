/// What is answered to a request.
public struct HTTPResponse: Sendable {
    /// 200 to 599; anything else goes out as 500.
    public var status: Int
    /// In the order given. `Date`, `Content-Length`, `Transfer-Encoding` and `Connection` are the transport's
    /// own and left out if given, and so is a field without a value, which the library does not take. A field
    /// that HTTP cannot carry (a line break in it) makes the answer a 500.
    public var headers: [(String, String)]
    public var body: HTTPBody
    /// A word for whoever counts answers; not sent.
    public var label: String?

    public init(status: Int, headers: [(String, String)] = [], body: HTTPBody = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A short answer for people, as `text/plain`.
    public static func text(status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: .bytes(Array(text.utf8)))
    }
}

/// The body of a response. That of an answer to HEAD is measured, not sent.
public enum HTTPBody: Sendable {
    case none
    case bytes([UInt8])
    /// These bytes of a file, which the system sends without their passing through here where it can. They must be
    /// there: an end before them cuts the connection.
    case file(OpenFile, Range<UInt64>)
    /// Asked piece by piece, by one thread at a time, as fast as the peer reads; released when the response
    /// has gone out or the connection has ended. `next` is told how many bytes are wanted at most (what it
    /// gives beyond that is kept for the next time); an empty answer is the end, an error cuts the
    /// connection, so that the peer can tell an end from a failure. With `lengthBytes` an end before it is a
    /// failure too and what is beyond it is not sent; without, the body goes out in chunks.
    case stream(lengthBytes: UInt64?, next: @Sendable (_ maximumBytes: Int) throws -> [UInt8])
    /// Stays open, and is written from outside. Its length is unknown.
    case push(PushBody)
}
