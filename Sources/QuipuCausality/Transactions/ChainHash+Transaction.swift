internal import QuipuCBOR

extension ChainHash {
    /// The chain hash of a transaction: BLAKE2b-256 over a deterministic CBOR array of
    ///
    ///     "quipu transaction 1", the chain hash before it or its origin when it is the first, stamp, author,
    ///     whether the program made it, [[id, kind, [[field, value hash, [replaced…]]…]]…], [seen…],
    ///     null or [offset, [[last, count]…]], {unknown members}
    ///
    /// in which other transactions are represented by their chain hashes, sorted. Names do not occur, so nothing has
    /// to be rewritten when a branch changes them.
    ///
    /// - Parameters:
    ///   - previous: the chain hash before it; nil for the first transaction of an origin.
    ///   - valueHashes: the hash of each change's value, in order, if the caller has them already.
    ///   - chain: returns the chain hash of a transaction named in `replaces`, `observed` or `note`.
    public init<Failure: Error>(
        of transaction: Transaction, after previous: ChainHash?, valueHashes: [ValueHash]? = nil,
        chain: (TransactionName) throws(Failure) -> ChainHash
    ) throws(Failure) {
        var writer = CBORWriter(capacityBytes: 256)
        writer.array(count: 9)
        writer.text("quipu transaction 1")
        if let previous {
            writer.hash(previous)
        } else {
            writer.identifier(transaction.root ?? transaction.name.origin)
        }
        writer.unsigned(transaction.stamp.rawValue)
        writer.text(transaction.author)
        writer.boolean(transaction.isByProgram)
        writer.array(count: transaction.records.count)
        var index = 0
        for record in transaction.records {
            writer.array(count: 3)
            writer.identifier(record.id)
            writer.text(record.kind)
            writer.array(count: record.fields.count)
            for change in record.fields {
                writer.array(count: 3)
                writer.text(change.field)
                writer.hash(valueHashes?[index] ?? change.value.hash)
                index += 1
                try writer.chains(change.replaces, chain)
            }
        }
        try writer.chains(transaction.observed, chain)
        if let note = transaction.note {
            writer.array(count: 2)
            writer.integer(note.offsetMilliseconds)
            writer.array(count: note.spans.count)
            for span in note.spans {
                writer.array(count: 2)
                writer.hash(try chain(span.last))
                writer.unsigned(span.count)
            }
        } else {
            writer.null()
        }
        writer.byteString(transaction.unknown)
        (high, low) = BLAKE2b.hash32(writer.bytes)
    }
}

extension CBORWriter {
    fileprivate mutating func chains<Failure: Error>(
        _ names: [TransactionName], _ chain: (TransactionName) throws(Failure) -> ChainHash
    ) throws(Failure) {
        array(count: names.count)
        if names.isEmpty { return }
        var hashes: [ChainHash] = []
        for name in names { hashes.append(try chain(name)) }
        hashes.sort()
        for item in hashes { hash(item) }
    }
}
