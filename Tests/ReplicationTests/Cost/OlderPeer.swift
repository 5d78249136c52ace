import QuipuWire

@testable import QuipuReplication

/// A peer of a version that does not know that texts can be held back: it skips that member of a header.
final class OlderPeer: Transport {
    private let link: any Transport
    var location: String { link.location }

    init(_ link: any Transport) { self.link = link }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        var (header, end) = try incoming.finish()
        header.inlineBytes = nil
        header.missingBytes = 0
        var writer = try MessageWriter(header: header)
        for transaction in incoming.transactions { try writer.append(transaction) }
        for text in incoming.texts where !text.bytes.isEmpty {
            try writer.append(
                textOf: text.hash, offset: UInt64(text.offset), totalBytes: UInt64(text.totalBytes),
                bytes: text.bytes[...])
        }
        for difference in incoming.differences { try writer.append(difference) }
        var cost = try link.exchange(writer.finish(end)) { bytes in
            // A link delivers in pieces.
            for first in stride(from: 0, to: bytes.count, by: 500) {
                try receive(UnsafeRawBufferPointer(rebasing: bytes[first..<min(bytes.count, first + 500)]))
            }
        }
        cost.bytesSent = message.count
        return cost
    }
}

/// Breaks once so many bytes of replies have come.
final class BreakingLink: Transport {
    private let link: any Transport
    private var left: Int
    var location: String { link.location }

    init(_ link: any Transport, afterReplyBytes left: Int) {
        self.link = link
        self.left = left
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var reply: [UInt8] = []
        let cost = try link.exchange(message) { reply.append(contentsOf: $0) }
        let part = reply.prefix(left)
        left -= part.count
        try part.withUnsafeBytes { try receive($0) }
        guard part.count == reply.count else { throw ReplicationError(.cut, "the link broke") }
        return cost
    }
}
