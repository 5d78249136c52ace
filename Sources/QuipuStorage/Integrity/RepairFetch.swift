public import QuipuCausality
internal import QuipuSQLite

extension Integrity {
    /// Transactions that are not what their chains say; some of them, where there are many.
    public func brokenTransactions() throws -> [TransactionName] { try reading { try chains().damaged } }

    /// Puts the values of a transaction right that are not what its chain says here. Everything that follows from
    /// them is as it was, and must be rebuilt.
    ///
    /// - Parameter transaction: from elsewhere; counts only if it has the chain hash that the log keeps.
    /// - Returns: whether anything was put right.
    public func mend(_ transaction: Transaction) throws -> Bool {
        guard let held = try log.locate(transaction.name) else { return false }
        let name = transaction.name
        let before =
            name.sequence > 1
            ? try log.entry(of: TransactionName(origin: name.origin, sequence: name.sequence - 1))?.chain
            : try transaction.previous.flatMap { try log.entry(of: $0)?.chain }
        let chain = try ChainHash(of: transaction, after: before) { (name) throws(any Error) in
            guard let known = try log.locate(name) else {
                throw StorageError.damaged(database.path, "transaction \(name) is missing")
            }
            return known.chain
        }
        guard chain == held.chain else { return false }
        return try writing { try $0.mend(transaction, at: held.position) }
    }
}

extension Writer {
    fileprivate func mend(_ transaction: Transaction, at position: Int64) throws -> Bool {
        let body = try archive.log.body(at: position)
        guard body.records.count == transaction.records.count else { return false }
        var isMended = false
        for (entry, changes) in zip(body.records, transaction.records) {
            var record = try archive.recordStates.record(row: entry.row)
            guard record.id == changes.id, record.kind == changes.kind,
                entry.fields.count == changes.fields.count
            else { return false }
            for (field, change) in zip(entry.fields, changes.fields) {
                guard try archive.interning.name(field.name, in: database) == change.field else {
                    return false
                }
                let value = try? archive.recordStates.content(
                    of: change.field, row: field.name, in: record, at: position, isByHash: true)
                if value?.hash == change.value.hash { continue }
                try mend(change, row: field.name, at: position, in: &record)
                isMended = true
            }
        }
        return isMended
    }

    private func mend(
        _ change: FieldChange, row field: Int64, at position: Int64, in record: inout RecordState
    ) throws {
        let value = change.value.hash
        try database.run(
            "UPDATE version SET value = ? WHERE record = ? AND field = ? AND position = ?",
            .blob(value.bytes), .integer(record.row), .integer(field), .integer(position))
        if database.changes > 0 {
            if let text = change.value.text {
                try database.run(
                    "INSERT OR IGNORE INTO text (hash, json) VALUES (?, ?)", .blob(value.bytes), .utf8(text))
            }
            return
        }
        let hasRows = try database.integer(
            "SELECT EXISTS (SELECT 1 FROM version WHERE record = ? AND field = ?)", .integer(record.row),
            .integer(field))
        if hasRows == 1 {
            // Its row is gone, and the record shows another version.
            try database.run(
                "INSERT INTO version VALUES (?, ?, ?, zeroblob(16), ?, 0, x'')", .integer(record.row),
                .integer(field), .integer(position), .blob(value.bytes))
            if let text = change.value.text {
                try database.run(
                    "INSERT OR IGNORE INTO text (hash, json) VALUES (?, ?)", .blob(value.bytes), .utf8(text))
            }
            return
        }
        record.fields[change.field] = change.value.text
        if change.value.text == nil {
            // Without its text a field cannot be plain: its versions say what it is.
            for position in [record.base] + (try archive.recordStates.twins(of: record.row)) {
                try database.run(
                    "INSERT INTO version VALUES (?, ?, ?, zeroblob(16), ?, 0, x'')", .integer(record.row),
                    .integer(field), .integer(position), .blob(value.bytes))
            }
            record.flags.insert(.hasVersions)
        }
        try save(record)
    }
}
