/// Carries messages to the other replica: sends one and receives the reply.
public protocol Transport {
    /// The location of the replica, for display.
    var location: String { get }

    /// Whether requests may be pipelined; the default is not.
    var pipelining: Pipelining { get }

    /// - Parameters:
    ///   - message: a whole message of the exchange.
    ///   - receive: takes the reply's bytes as they arrive.
    /// - Throws: `ReplicationError`, or what `receive` threw.
    func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost
}

extension Transport {
    public var pipelining: Pipelining { .none }
}

/// Bytes on the link, including what the transport adds.
public struct TransportCost: Sendable, Equatable {
    public var bytesSent: Int
    public var bytesReceived: Int
    /// The throughput, where there were enough bytes to measure it.
    public var bytesPerSecond: Int?
    /// The other side has said that it takes no edits from this caller.
    public var refusesEdits = false

    public init(bytesSent: Int, bytesReceived: Int, bytesPerSecond: Int? = nil) {
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
        self.bytesPerSecond = bytesPerSecond
    }

    private static let (leastMeasuredBytes, leastMeasuredMilliseconds) = (64 << 10, 5)

    /// Whether so much went over the link, for so long, that the throughput foretells that of another day.
    var isMeasured: Bool {
        let bytes = bytesSent + bytesReceived
        guard let bytesPerSecond, bytesPerSecond > 0, bytes >= Self.leastMeasuredBytes else { return false }
        return bytes * 1_000 / bytesPerSecond >= Self.leastMeasuredMilliseconds
    }
}
