/// A request to send. Its header gets `Host`, `User-Agent` and the body's framing, and nothing else.
public struct HTTPClientRequest {
    public enum Body {
        case none
        case bytes([UInt8])
        /// Produced piece by piece, on the sending thread. An empty array is the end; an error aborts the request.
        /// `next` takes the number of bytes that are wanted at most; more is kept for the next call. With
        /// `lengthBytes`, an earlier end aborts the request too, and bytes beyond it are not sent; without, the body
        /// is sent in chunks. The request cannot be repeated if a reused connection turns out to be dead: it then
        /// fails with `.cut`.
        case stream(lengthBytes: UInt64?, next: (_ maximumBytes: Int) throws -> [UInt8])
    }

    public var method: String
    /// An http or https URL without credentials. The caller does the percent-encoding; a fragment is not sent.
    public var url: String
    public var headers: [(String, String)]
    public var body: Body

    public init(method: String, url: String, headers: [(String, String)] = [], body: Body = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
