/// A response to a request.
public struct HTTPResponse: Sendable {
    /// 200 to 599; anything else goes out as 500.
    public var status: Int
    /// In the order given. `Date`, `Content-Length`, `Transfer-Encoding` and `Connection` are set by the transport
    /// and ignored here, as are fields without a value, which libmicrohttpd does not accept. A field that HTTP cannot
    /// carry, such as one with a line break, turns the response into a 500.
    public var headers: [(String, String)]
    public var body: HTTPBody
    /// A label for metrics; not sent.
    public var label: String?

    public init(status: Int, headers: [(String, String)] = [], body: HTTPBody = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A short `text/plain` response for people.
    public static func text(status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: .bytes(Array(text.utf8)))
    }
}

/// The body of a response. In a response to HEAD only its length is sent.
public enum HTTPBody: Sendable {
    case none
    case bytes([UInt8])
    /// A range of a file, which the kernel sends without copying where it can. If the file ends before the range, the
    /// connection is closed.
    case file(OpenFile, Range<UInt64>)
    /// Produced piece by piece, by one thread at a time, as fast as the peer reads; released when the response has
    /// been sent or the connection has ended. `next` takes the number of bytes that are wanted at most; more is kept
    /// for the next call. An empty array is the end. An error closes the connection, so that the peer can tell an end
    /// from a failure. With `lengthBytes`, an earlier end is a failure too, and bytes beyond it are not sent;
    /// without, the body is sent in chunks.
    case stream(lengthBytes: UInt64?, next: @Sendable (_ maximumBytes: Int) throws -> [UInt8])
    /// Stays open, and is written to from outside. Its length is unknown.
    case push(PushBody)
}
