/// Observes one request, from its head until its response has been sent or its connection has ended: for logs and
/// metrics. Used by one thread at a time. The request's handler finds it in the head.
public protocol HTTPRequestObserver: AnyObject, Sendable {
    /// The head is complete. Not called if it cannot be parsed.
    func received(_ head: HTTPRequestHead)

    /// The response is about to be sent, the handler's or the transport's own; header fields may be added.
    func willAnswer(_ response: inout HTTPResponse)

    /// The request has ended. Called once; must not block.
    func ended(_ outcome: HTTPRequestOutcome)
}

/// How a request ended.
public struct HTTPRequestOutcome: Sendable, Equatable {
    /// Nil if the connection ended before there was a response.
    public var status: Int?
    /// Whether the whole response was sent.
    public var isComplete: Bool
    /// Bytes of the request's body.
    public var receivedBytes: UInt64
    /// Bytes of the response's body. For an incomplete response, what was read from a stream, and 0 for other bodies.
    public var sentBytes: UInt64

    public init(status: Int?, isComplete: Bool, receivedBytes: UInt64, sentBytes: UInt64) {
        self.status = status
        self.isComplete = isComplete
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }
}
