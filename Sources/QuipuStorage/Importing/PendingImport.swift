internal import QuipuCausality
internal import QuipuSQLite

/// The transaction that an import is filling.
struct PendingImport {
    let writer: Writer
    let author: String
    private var records: [RecordChanges] = []
    private var keys: [(id: RecordID, kind: String, keys: [NaturalKey])] = []
    private var allKeys: Set<NaturalKey> = []
    private var ids: Set<RecordID> = []
    /// Of values; names may take more than these.
    private var valueBytes = 0
    private var wireBytes = 0
    private var changes = 0

    init(writer: Writer, author: String) {
        self.writer = writer
        self.author = author
    }

    var isEmpty: Bool { records.isEmpty }

    func holds(_ id: RecordID) -> Bool { ids.contains(id) }

    /// Whether it changes a record that an item may be about.
    func touches(_ keys: ItemKeys, id: RecordID?) -> Bool {
        if let id, ids.contains(id) { return true }
        return keys.all.contains(where: allKeys.contains)
    }

    /// - Parameter keys: what the record is known by from now on.
    mutating func add(_ record: RecordChanges, _ keys: [NaturalKey]) throws {
        if record.fields.isEmpty { return }
        let (values, wire) = record.sizes
        if valueBytes + values > Limits.bulkTransactionBytes || wireBytes + wire > Limits.transactionBytes / 2
            || changes + record.fields.count > Limits.changesPerTransaction
        {
            try flush()
        }
        records.append(record)
        self.keys.append((record.id, record.kind, keys))
        ids.insert(record.id)
        allKeys.formUnion(keys)
        valueBytes += values
        wireBytes += wire
        changes += record.fields.count
    }

    /// Appends the transaction to the log, and begins another.
    mutating func flush() throws {
        guard !records.isEmpty else { return }
        try writer.append(records, recordBytes: wireBytes, author: author, isByProgram: true)
        for (id, kind, keys) in keys where !keys.isEmpty {
            guard let row = try writer.archive.recordStates.recordRow(id, kind: kind) else { continue }
            for key in keys { try writer.archive.keyIndex.addIdentity(key, row: row) }
        }
        try writer.database.run("UPDATE archive SET identified_position = ?", .integer(writer.position))
        self = PendingImport(writer: writer, author: author)
    }
}
