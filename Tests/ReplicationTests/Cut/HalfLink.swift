import QuipuCompression
import QuipuReplication
import QuipuStorage
import QuipuWire
import Testing

/// A link to an open archive that lets so many bytes of one message through, perhaps with one bit changed, and is then cut.
final class HalfLink: Transport {
    enum Direction { case there, back }

    let location = "beyond the hill"
    private let peer: Store
    private let cutDirection: Direction
    private let cutBytes: Int?
    private let flippedBit: Int?
    /// Which exchange meets the cut.
    private var untilCut: Int
    /// From then on it holds.
    var isCutOnce = false
    private(set) var messages: [[UInt8]] = []
    private(set) var replies: [[UInt8]] = []

    /// - Parameters:
    ///   - cutBytes: nil for a link that holds.
    ///   - flippedBit: of the message that is cut, as it was before compression; bytes are then counted so as well.
    init(
        to peer: Store, cutting direction: Direction = .back, afterBytes cutBytes: Int? = nil,
        inExchange number: Int = 0,
        flippingBit flippedBit: Int? = nil
    ) {
        self.peer = peer
        cutDirection = direction
        self.cutBytes = cutBytes
        untilCut = number
        self.flippedBit = flippedBit
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        defer { untilCut -= 1 }
        let isCut = cutBytes != nil && (isCutOnce ? untilCut == 0 : untilCut <= 0)
        messages.append(message)
        if isCut, cutDirection == .there {
            var request = try IncomingMessage()
            try? arrived(of: message).withUnsafeBytes { try request.feed($0) }
            if let part = request.partialMessage { _ = try Responder.keep(part, in: peer) }
            throw ReplicationError(.cut, "the link was cut")
        }
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let reply = try Responder.answer(request, from: peer)
        replies.append(reply)
        if isCut {
            try arrived(of: reply).withUnsafeBytes { try receive($0) }
            throw ReplicationError(.cut, "the link was cut")
        }
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }

    private func arrived(of message: [UInt8]) -> [UInt8] {
        guard let flippedBit else { return Array(message.prefix(cutBytes ?? .max)) }
        // Changed in what was compressed, so that it is still well-formed more often than not.
        var expanded: [UInt8] = []
        var out: [UInt8] = []
        do {
            var decompressor = try ZstdDecompressor(maximumExpandedBytes: 64 << 20)
            try message.withUnsafeBytes { try decompressor.decompress($0, into: &expanded) }
            if flippedBit / 8 < expanded.count { expanded[flippedBit / 8] ^= 1 << UInt8(flippedBit % 8) }
            var compressor = try ZstdCompressor()
            try compressor.compress(Array(expanded.prefix(cutBytes ?? .max)), into: &out, .flushed)
        } catch {
            Issue.record("\(error)")
        }
        return out
    }
}
