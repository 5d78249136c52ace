/// A request to send. Nothing is added to its header but `Host`, `User-Agent` and what frames the body.
public struct HTTPClientRequest {
    public enum Body {
        case none
        case bytes([UInt8])
        /// Asked piece by piece, in the thread that sends; an empty answer is the end, an error aborts the
        /// request. `next` is told how many bytes are wanted at most (what it gives beyond that is kept for
        /// the next time). With `lengthBytes` an end before it aborts the request too, and what is beyond it
        /// is not sent; without, the body goes out in chunks. It cannot be sent a second time, as a
        /// connection found dead would need: such a request fails with `.cut`.
        case stream(lengthBytes: UInt64?, next: (_ maximumBytes: Int) throws -> [UInt8])
    }

    public var method: String
    /// http or https, without credentials. Percent-encoding is the caller's matter; a fragment is not sent.
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
