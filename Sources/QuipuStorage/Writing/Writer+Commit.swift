internal import QuipuCausality
internal import QuipuSQLite

extension Writer {
    /// Writes a transaction of this replica's own; where a field has more heads than a change may name, others before
    /// it that replace the first of them by the same value.
    /// - Parameters:
    ///   - records: in any order, each once, every field with the versions it replaces.
    ///   - recordBytes: what they take in a message (`RecordChanges.sizes`), where a caller has counted already.
    ///   - keepsOwnVersions: the author has not seen everything that this replica has written, for instance for others over
    ///     HTTP. What a chain wrote it may not leave unreplaced; so the transaction begins a fresh one if it must.
    /// - Returns: the name of the last.
    @discardableResult
    func append(
        _ records: [RecordChanges], recordBytes: Int? = nil, observed: [TransactionName] = [],
        note: ClockNote? = nil, author: String, isByProgram: Bool, keepsOwnVersions: Bool = false
    ) throws -> TransactionName {
        var end = try ownChainEnd()
        var records = records
        if !isByProgram {
            if let first = records.firstPart() {
                let name = try append(
                    [first.part], author: author, isByProgram: false, keepsOwnVersions: keepsOwnVersions)
                records[first.record].fields[first.field].replaces.append(name)
                records[first.record].fields[first.field].replaces.sort()
                return try append(
                    records, observed: observed, note: note, author: author, isByProgram: false,
                    keepsOwnVersions: keepsOwnVersions)
            }
            var replacing = records
            try replaceOwnVersions(in: &replacing, after: end)
            if keepsOwnVersions, replacing != records {
                end = try freshChain()
            } else {
                records = replacing
            }
        }
        let name = TransactionName(origin: end.origin, sequence: end.sequence + 1)
        // A clock note is no part of what a person does.
        let mark = note == nil ? archive.entry?.mark(name) : nil
        let transaction = Transaction(
            name: name, stamp: try nextStamp(),
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
            observed: observed, note: note, unknown: mark?.encoded ?? [])
        let examination = Examination(of: transaction)
        do throws(InvalidTransaction) {
            if let flaw = examination.flaw { throw flaw }
            let bytes = recordBytes.map { transaction.largestSizeOnTheWire(ofRecords: $0) }
            guard bytes ?? transaction.largestSizeOnTheWire <= Limits.transactionBytes else {
                throw InvalidTransaction(name: nil, reason: "it would not fit into a message")
            }
        } catch {
            throw StorageError(
                .tooLarge, "the change is too large: \(error.reason)",
                hint: "nothing was written; change less at once")
        }
        try noteTexts(of: records, author: author)
        let chain = try append(transaction, examination)
        ownEnd = Vector.Entry(origin: end.origin, sequence: end.sequence + 1, chain: chain)
        ownCount += 1
        return transaction.name
    }

    /// Names what this chain gave a field before where none of the heads has it behind it: there is none such but where
    /// somebody made one on purpose.
    private func replaceOwnVersions(
        in records: inout [RecordChanges], after end: (origin: Origin, sequence: UInt64)
    ) throws {
        guard let origin = try archive.interning.originRow(end.origin, in: database) else { return }
        chainUnderWay = ChainPlace(origin: origin, sequence: Int64(end.sequence) + 1)
        previousUnderWay = nil
        for index in records.indices {
            guard let record = try record(records[index].id, kind: records[index].kind),
                record.flags.contains(.hasVersions)
            else { continue }
            for place in records[index].fields.indices {
                let change = records[index].fields[place]
                let row = try archive.interning.nameRow(change.field, in: database)
                let stored = try takeVersions(of: change.field, row: row, in: record)
                defer { keepVersions(stored, row: row, of: record) }
                let parents = try change.replaces.compactMap { name in
                    try archive.log.locate(name).flatMap { stored.versions.version(at: $0.position) }
                }
                if let own = try unreplacedOwnVersion(in: stored, of: record, over: parents) {
                    records[index].fields[place].replaces = try names(of: parents + [own])
                }
            }
        }
    }

    /// The end of the chain that this replica writes on. When the archive's end of it is not the one this machine
    /// remembers (a copy, a roll-back, a crash between two files), or somebody went on from there under another
    /// name, the chain is left for a fresh one.
    private func ownChainEnd() throws -> (origin: Origin, sequence: UInt64) {
        if let end = try presentChainEnd() { return end }
        return try freshChain()
    }

    private func freshChain() throws -> (origin: Origin, sequence: UInt64) {
        let (origin, seed) = LocalState.freshOrigin(archive.environment)
        try archive.local.startFreshOrigin(origin, seed: seed)
        return (origin, 0)
    }

    /// The end of the chain under the key that was given for this replica; nil where none was, or somebody else went on
    /// from there.
    private func givenChainEnd() throws -> (origin: Origin, sequence: UInt64)? {
        guard let seed = archive.environment.replicaSeed, let origin = SigningKey.origin(ofSeed: seed) else {
            return nil
        }
        let held = try end(of: origin)
        if let held, try hasBranch(after: held) { return nil }
        try archive.local.goOn(under: origin, seed: seed, after: held)
        return (origin, held?.sequence ?? 0)
    }

    /// Nil where the next edit begins a fresh chain.
    func presentChainEnd() throws -> (origin: Origin, sequence: UInt64)? {
        if let ownEnd { return (ownEnd.origin, ownEnd.sequence) }
        if let end = try givenChainEnd() { return end }
        let replica = try archive.local.replica()
        let held = try end(of: replica.origin)
        guard held?.sequence ?? 0 == replica.sequence, held?.chain == replica.chain,
            try held.map({ try !hasBranch(after: $0) }) ?? true
        else { return nil }
        return (replica.origin, replica.sequence)
    }

    /// The names that a change lists when it replaces some versions.
    func names(of versions: [Version]) throws -> [TransactionName] {
        try versions.map { try archive.log.name(at: $0.representative.position) }.sorted()
    }
}

extension [RecordChanges] {
    /// Takes versions out that a change replaces beyond what one may name: as many as one may, less one for what its own
    /// chain wrote.
    /// - Returns: a change that replaces those, and where the rest of it is; nil where no change has too many.
    fileprivate mutating func firstPart() -> (part: RecordChanges, record: Int, field: Int)? {
        for record in indices {
            for field in self[record].fields.indices
            where self[record].fields[field].replaces.count > Limits.replacedVersions {
                var part = self[record]
                part.fields = [part.fields[field]]
                part.fields[0].replaces = [TransactionName](
                    part.fields[0].replaces.prefix(Limits.replacedVersions - 1))
                self[record].fields[field].replaces.removeFirst(Limits.replacedVersions - 1)
                return (part, record, field)
            }
        }
        return nil
    }
}
