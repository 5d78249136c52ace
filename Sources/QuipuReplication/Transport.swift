/// How messages reach the other replica: one goes out, one comes back.
public protocol Transport {
    /// Where it leads, as people write it.
    var location: String { get }

    /// What else may go on while a message is under way; nothing, unless the transport says so.
    var pipelining: Pipelining { get }

    /// - Parameters:
    ///   - message: a whole message of the exchange.
    ///   - receive: is given the reply's bytes as they come in.
    /// - Throws: `ReplicationError`, or what `receive` threw.
    func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost
}

extension Transport {
    public var pipelining: Pipelining { .none }
}

/// Bytes on the link, what the transport itself adds included.
public struct TransportCost: Sendable, Equatable {
    public var bytesSent: Int
    public var bytesReceived: Int
    /// How fast they passed, where they were enough to tell.
    public var bytesPerSecond: Int?

    public init(bytesSent: Int, bytesReceived: Int, bytesPerSecond: Int? = nil) {
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
        self.bytesPerSecond = bytesPerSecond
    }
}
