public import QuipuCausality
internal import QuipuSQLite

extension Log {
    /// Walks the log in order, from behind a position, and rebuilds each transaction as it travels: values with
    /// their texts where these are here and short enough, with their hashes otherwise.
    ///
    /// - Parameters:
    ///   - held: passes over what a vector covers.
    ///   - isByHash: values that have rows in `version` are told by the hash that stands there.
    ///   - isByProgram: passes over what people made.
    ///   - isWanted: passes over the transactions for whose names it is false.
    ///   - visit: is given the transaction, its position and the size of its texts in bytes; false stops.
    public func forEachTransaction(
        after position: Int64, notIn held: Vector = Vector(), isByHash: Bool = false,
        isByProgram: Bool = false, where isWanted: (TransactionName) -> Bool = { _ in true },
        _ visit: (Transaction, Int64, _ textBytes: Int) throws -> Bool
    ) throws {
        try walkLog(
            after: position, notIn: held, isByHash: isByHash, isByProgram: isByProgram, where: isWanted
        ) {
            transaction, position, contents in
            try visit(transaction, position, contents.textBytes)
        }
    }

    /// The changes of a transaction.
    struct LoggedContents {
        var changes: [RecordChanges] = []
        /// By hash, in the same order: the records that it made and that are still as it made them; nil for others.
        var made: [RecordState?] = []
        /// By hash: of all fields, in order.
        var values: [ValueHash] = []
        var textBytes = 0
        /// By hash: what the log says of it, and for each record that is not in `made` how it stands now.
        var body = LogBody()
        var others: [RecordState?] = []
    }

    /// Likewise, with what a check needs in addition.
    func walkLog(
        after position: Int64, through last: Int64 = .max, notIn held: Vector = Vector(), isByHash: Bool,
        isByProgram: Bool = false, where isWanted: (TransactionName) -> Bool = { _ in true },
        _ visit: (Transaction, Int64, LoggedContents) throws -> Bool
    ) throws {
        var next = position
        while true {
            // One row at a time: nothing is held open while the caller works.
            var rows = try database.rows(
                """
                SELECT log.position, log.origin, log.sequence, log.stamp, author.text, log.by_program, log.body
                FROM log JOIN author ON author.row = log.author
                WHERE log.position > ? AND log.position <= ?
                ORDER BY log.position
                LIMIT 256
                """, .integer(next), .integer(last))
            var count = 0
            while try rows.next() {
                count += 1
                next = rows.integer(0)
                if isByProgram, !rows.boolean(5) { continue }
                let name = TransactionName(
                    origin: try interning.origin(rows.integer(1), in: database),
                    sequence: UInt64(clamping: rows.integer(2)))
                guard !held.contains(name), isWanted(name) else { continue }
                guard let body = LogBody(decoding: rows.bytes(6), at: next) else {
                    throw StorageError.damaged(database.path, "log position \(next) is not readable")
                }
                let contents = try contents(of: body, at: next, isByHash: isByHash)
                let transaction = Transaction(
                    name: name, previous: try body.previous.map { try self.name(at: $0) },
                    root: body.root,
                    stamp: Stamp(rawValue: UInt64(clamping: rows.integer(3))), author: rows.text(4),
                    isByProgram: rows.boolean(5), records: contents.changes,
                    observed: try body.observed.map { try self.name(at: $0) },
                    note: try body.note.map { note in
                        ClockNote(
                            offsetMilliseconds: note.offsetMilliseconds,
                            spans: try note.spans.map {
                                .init(last: try self.name(at: $0.last), count: $0.count)
                            })
                    }, unknown: body.unknown)
                if try !visit(transaction, next, contents) { return }
            }
            if count == 0 { return }
        }
    }

    /// The first log position whose transaction a vector does not cover; nil when it covers all.
    public func firstPosition(notIn vector: Vector) throws -> Int64? {
        var first: Int64?
        for entry in try self.vector().entries {
            let held = vector.sequence(of: entry.origin)
            guard held < entry.sequence else { continue }
            let next = TransactionName(origin: entry.origin, sequence: held + 1)
            guard let position = try locate(next)?.position else {
                throw StorageError.damaged(database.path, "transaction \(next) is missing")
            }
            first = min(first ?? position, position)
        }
        return first
    }

    private func contents(of body: LogBody, at position: Int64, isByHash: Bool) throws -> LoggedContents {
        var contents = LoggedContents()
        contents.changes.reserveCapacity(body.records.count)
        if isByHash {
            contents.body = body
            contents.made.reserveCapacity(body.records.count)
            contents.others.reserveCapacity(body.records.count)
        }
        for entry in body.records {
            let names = try entry.fields.map { try interning.name($0.name, in: database) }
            let made = isByHash ? try recordStates.madeRecord(row: entry.row, at: position, of: names) : nil
            if isByHash { contents.made.append(made?.state) }
            if let made {
                contents.others.append(nil)
                contents.values += made.values
                var fields: [FieldChange] = []
                fields.reserveCapacity(names.count)
                for (index, field) in entry.fields.enumerated() {
                    fields.append(
                        FieldChange(
                            field: names[index], value: .hash(made.values[index]),
                            replaces: try field.replaces.map { try self.name(at: $0) }))
                }
                contents.changes.append(
                    RecordChanges(id: made.state.id, kind: made.state.kind, fields: fields))
                continue
            }
            let record = try recordStates.record(row: entry.row, likely: names)
            if isByHash { contents.others.append(record) }
            var fields: [FieldChange] = []
            fields.reserveCapacity(entry.fields.count)
            var place = 0
            for (name, field) in zip(names, entry.fields) {
                var content = try recordStates.content(
                    of: name, row: field.name, in: record, at: position, isByHash: isByHash, near: &place)
                if case .text(let text) = content {
                    if text.count > Limits.inlineValueBytes {
                        content = .hash(ValueHash(of: text))
                    } else {
                        contents.textBytes += text.count
                    }
                }
                if isByHash { contents.values.append(content.hash) }
                let replaces = try field.replaces.map { try self.name(at: $0) }
                fields.append(FieldChange(field: name, value: content, replaces: replaces))
            }
            contents.changes.append(RecordChanges(id: record.id, kind: record.kind, fields: fields))
        }
        return contents
    }
}
