internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Messages that no store wrote.
struct Forged {
    var header: MessageHeader
    /// Those that the receiver knows, or its names would mean something else.
    var branchStarts: Set<ChainHash>
    var transactions: [Transaction] = []
    var texts: [(hash: ValueHash, offset: UInt64, totalBytes: UInt64, bytes: [UInt8])] = []
    var ends: [Vector.Entry] = []

    /// A message by someone who holds nothing.
    init(to store: Store, clockMilliseconds: Int64) throws {
        header = MessageHeader()
        header.archive = store.id
        header.clockMilliseconds = clockMilliseconds
        header.isWholeVector = true
        // Without one it would be an inquiry.
        header.budgetBytes = 1_000
        branchStarts = Set(try store.log.branchStarts)
    }

    func message() throws -> [UInt8] {
        var header = header
        header.branchStarts = branchStarts.sorted()
        header.vectorHash = Knowledge(vector: Vector(header.entries), branchStarts: branchStarts).hash
        var writer = try MessageWriter(header: header)
        for transaction in transactions { try writer.append(transaction) }
        for text in texts {
            try writer.append(
                textOf: text.hash, offset: text.offset, totalBytes: text.totalBytes, bytes: text.bytes[...])
        }
        return try writer.finish(MessageEnd(hasMore: false, ends: ends))
    }

    /// The chain hashes of transactions of one origin that name no others.
    static func chains(of transactions: [Transaction]) -> [ChainHash] {
        var found: [ChainHash] = []
        for transaction in transactions {
            found.append(
                ChainHash(of: transaction, after: found.last) { (_) throws(Never) in
                    ChainHash(high: 0, low: 0)
                })
        }
        return found
    }
}
