/// Goes along with one request, from its head until its answer has gone out or its connection has ended: for logs
/// and counts. Used by one thread at a time. Whoever handles the request finds it in the head.
public protocol HTTPRequestObserver: AnyObject, Sendable {
    /// The head is complete. Not called where it cannot be read.
    func received(_ head: HTTPRequestHead)

    /// This answer is about to go out, the handler's or the transport's own; header fields may be added to it.
    func willAnswer(_ response: inout HTTPResponse)

    /// Nothing more will happen. Called once; must not wait.
    func ended(_ outcome: HTTPRequestOutcome)
}

/// How a request went.
public struct HTTPRequestOutcome: Sendable, Equatable {
    /// Nil where the connection ended before there was an answer.
    public var status: Int?
    /// Whether the answer went out whole.
    public var isComplete: Bool
    /// Of the body, as it arrived.
    public var receivedBytes: UInt64
    /// Of the answer's body. Of one that was cut short, what was taken from a stream, and nothing of bytes.
    public var sentBytes: UInt64

    public init(status: Int?, isComplete: Bool, receivedBytes: UInt64, sentBytes: UInt64) {
        self.status = status
        self.isComplete = isComplete
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }
}
