internal import QuipuCausality
internal import QuipuSQLite

/// Holds transactions against their chains, one after the other from somewhere in the log.
struct ChainCheck {
    /// Past this many there is no point in more.
    private static let maximumDamaged = 100

    private let archive: OpenArchive
    /// Behind which position it begins.
    private let start: Int64
    private let starts: Set<ChainHash>
    /// Where each chain stands after the transactions so far.
    private(set) var ends: [Origin: Vector.Entry] = [:]
    private(set) var damaged: [TransactionName] = []

    init(_ archive: OpenArchive, after position: Int64) throws {
        self.archive = archive
        start = position
        starts = Set(try archive.log.branchStarts)
    }

    var isAtLimit: Bool { damaged.count >= Self.maximumDamaged }

    /// - Parameter values: the hash of each change's value, in order.
    /// - Returns: the transaction's chain hash, as it is kept.
    mutating func check(_ transaction: Transaction, values: [ValueHash]) throws -> ChainHash? {
        let name = transaction.name
        let last = try ends[name.origin] ?? heldBefore(name)
        let before =
            try last?.chain ?? transaction.previous.flatMap { try archive.log.entry(of: $0)?.chain }
        let chain = try ChainHash(of: transaction, after: before, valueHashes: values) {
            (name) throws(any Error) in
            guard let held = try archive.log.locate(name) else {
                throw StorageError.damaged(archive.database.path, "transaction \(name) is missing")
            }
            return held.chain
        }
        let isStart = starts.contains(chain)
        let held = try archive.log.entry(of: name)
        if held?.chain != chain || name.sequence != (last?.sequence ?? 0) + 1
            || isStart != (transaction.previous != nil || transaction.root != nil)
            || isStart && name.origin != Origin(branchStart: chain)
        {
            if !isAtLimit { damaged.append(name) }
        }
        // What follows is held against what is kept: one that is damaged does not take the rest with it.
        ends[name.origin] = held
        return held?.chain
    }

    /// The one before a transaction, where that is in a part of the log that others check.
    private func heldBefore(_ name: TransactionName) throws -> Vector.Entry? {
        guard start > 0, name.sequence > 1 else { return nil }
        let before = TransactionName(origin: name.origin, sequence: name.sequence - 1)
        guard let held = try archive.log.locate(before), held.position <= start else { return nil }
        return Vector.Entry(origin: before.origin, sequence: before.sequence, chain: held.chain)
    }
}
