/// A transport that ends an exchange before it costs more than it may.
///
/// It is used by one thread at a time, as every transport: that which sends, and between messages that which waited.
final class BudgetedTransport: Transport {
    /// What is left is not enough for the next message or its reply.
    struct BudgetSpent: Error {
        /// The bytes that were needed.
        var neededBytes: Int
    }

    let location: String
    let pipelining: Pipelining
    let maximumBytes: Int
    private let transport: any Transport
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0
    /// What the transport adds to a message and to a reply, as the last ones had it.
    private var addedBytes = (sent: 512, received: 512)
    /// The shortest reply.
    private static let leastReplyBytes = 256
    /// Bytes of a reply come in pieces of this size, and count once they have come.
    private static let pieceBytes = 16 << 10

    init(_ transport: any Transport, maximumBytes: Int) {
        self.transport = transport
        self.maximumBytes = maximumBytes
        location = transport.location
        pipelining = transport.pipelining
    }

    var leftBytes: Int { max(0, maximumBytes - bytesSent - bytesReceived) }

    func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        let before = (sent: bytesSent, received: bytesReceived)
        let left = leftBytes
        let sent = message.count + addedBytes.sent
        let needed = sent + addedBytes.received + Self.leastReplyBytes
        guard needed <= left else { throw BudgetSpent(neededBytes: needed) }
        let room = left - sent - addedBytes.received - min(Self.pieceBytes, left / 8)
        var received = 0
        bytesSent += sent
        bytesReceived += addedBytes.received
        let cost = try transport.exchange(message) { bytes in
            received += bytes.count
            bytesReceived += bytes.count
            guard received <= max(room, Self.leastReplyBytes) else {
                throw BudgetSpent(neededBytes: sent + received)
            }
            try receive(bytes)
        }
        (bytesSent, bytesReceived) = (before.sent + cost.bytesSent, before.received + cost.bytesReceived)
        addedBytes = (
            max(0, cost.bytesSent - message.count) + 64, max(0, cost.bytesReceived - received) + 64
        )
        return cost
    }
}
