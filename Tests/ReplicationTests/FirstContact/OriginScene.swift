import QuipuCBOR
import QuipuCausality
import QuipuStorage
import Support

@testable import QuipuReplication
@testable import QuipuWire

/// Transactions of many origins, each of which says by its name alone what it is.
enum OriginScene {
    static func name(_ origin: UInt128, _ sequence: UInt64 = 1) -> TransactionName {
        // Spread as hashes are.
        var random = SplitMix64(seed: UInt64(truncatingIfNeeded: origin))
        return TransactionName(
            origin: Origin(rawValue: UInt128(random.next()) << 64 | origin), sequence: sequence)
    }

    static func transaction(_ origin: UInt128, _ sequence: UInt64 = 1, by author: String = "eve")
        -> Transaction
    {
        Transaction(
            name: name(origin, sequence), stamp: Stamp(milliseconds: FakeWorld.startMilliseconds),
            author: author, isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: origin << 32 | UInt128(sequence)), kind: "note",
                    fields: [FieldChange(field: "text", value: .text(Array("\"x\"".utf8)))])
            ])
    }
}

/// Reads what passes as any reader does, and notes how much it was.
final class SmallLink: Transport {
    private let link: PathTransport
    private(set) var messages = 0
    private(set) var bytes = 0
    /// As the same messages without the transactions would have.
    private(set) var bytesWithoutTransactions = 0
    private(set) var largestHeader = 0
    var location: String { link.location }

    init(_ link: PathTransport) { self.link = link }

    private func note(_ message: [UInt8]) throws {
        bytes += message.count
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        var writer = CBORWriter()
        incoming.header?.write(to: &writer)
        if let header = incoming.header, let end = incoming.end {
            bytesWithoutTransactions += try MessageWriter(header: header).finish(end).count
        }
        largestHeader = max(largestHeader, writer.bytes.count)
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        messages += 1
        try note(message)
        var reply: [UInt8] = []
        let cost = try link.exchange(message) { bytes in
            reply += bytes
            try receive(bytes)
        }
        try note(reply)
        return cost
    }
}
