internal import Causality
internal import SQLite

extension Writer {
    /// Writes a transaction of this replica's own.
    /// - Parameter records: in any order, each once, every field with the versions it replaces.
    @discardableResult
    func commit(
        _ records: [RecordChanges], seen: [TransactionName] = [], note: ClockNote? = nil, author: String,
        isByProgram: Bool
    ) throws -> TransactionName {
        let end = try ownChainEnd()
        let transaction = Transaction(
            name: TransactionName(origin: end.origin, sequence: end.sequence + 1), stamp: try nextStamp(),
            author: author, isByProgram: isByProgram,
            records: records.map { record in
                var sorted = record
                sorted.fields.sort { $0.field.utf8Precedes($1.field) }
                return sorted
            }.sorted {
                ($0.id, $1.kind.utf8Precedes($0.kind) ? 1 : 0) < (
                    $1.id, $0.kind.utf8Precedes($1.kind) ? 1 : 0
                )
            },
            seen: seen, note: note)
        let examination = Examination(of: transaction)
        do throws(InvalidTransaction) {
            if let flaw = examination.flaw { throw flaw }
            guard transaction.largestSizeOnTheWire <= Limits.transactionBytes else {
                throw InvalidTransaction(name: nil, reason: "it would not fit into a message")
            }
        } catch {
            throw StorageError(
                .tooLarge, "the change is too large: \(error.reason)", hint: "nothing was written")
        }
        let chain = try append(transaction, examination)
        ownEnd = Vector.Entry(origin: end.origin, sequence: end.sequence + 1, chain: chain)
        ownCount += 1
        return transaction.name
    }

    /// The end of the chain that this replica writes on. When the archive's end of it is not the one this machine
    /// remembers (a copy, a roll-back, a crash between two files), or somebody went on from there under another
    /// name, the chain is left for a fresh one.
    private func ownChainEnd() throws -> (origin: Origin, sequence: UInt64) {
        if let ownEnd { return (ownEnd.origin, ownEnd.sequence) }
        let replica = try store.local.replica()
        let held = try end(of: replica.origin)
        if held?.sequence ?? 0 == replica.sequence, held?.chain == replica.chain,
            try held.map({ try !hasBranch(after: $0) }) ?? true
        {
            return (replica.origin, replica.sequence)
        }
        let (origin, seed) = Store.freshOrigin(store.environment)
        try store.local.startFreshOrigin(origin, seed: seed)
        return (origin, 0)
    }

    /// The names that a change lists when it replaces some versions.
    func names(of versions: [Version]) throws -> [TransactionName] {
        try versions.map { try store.name(at: $0.representative.position) }.sorted()
    }
}
