internal import QuipuCausality
internal import QuipuSQLite

extension Writer {
    /// Adds a transaction from elsewhere to the log and its changes to the records.
    ///
    /// - Returns: false when the log has it already.
    /// - Throws: `InvalidTransaction` when it breaks a rule of the protocol, does not follow what is held of its
    ///   origin, names what is not held, or has another name than its chain implies; `HeldOtherwise`. The caller
    ///   rolls back.
    func apply(_ transaction: Transaction, _ examination: Examination) throws -> Bool {
        if let flaw = examination.flaw { throw flaw }
        let name = transaction.name
        let held = try end(of: name.origin)
        if name.sequence <= held?.sequence ?? 0 {
            if try isHeldOtherwise(transaction) { throw HeldOtherwise() }
            return false
        }
        guard name.sequence == (held?.sequence ?? 0) + 1 else {
            throw InvalidTransaction(name: name, reason: "the one before it is not here")
        }
        do {
            try append(transaction, examination)
        } catch let error as InvalidTransaction {
            throw InvalidTransaction(name: name, reason: error.reason)
        }
        follow(transaction.stamp)
        return true
    }

    /// Whether the log has another transaction under the name of this one.
    private func isHeldOtherwise(_ transaction: Transaction) throws -> Bool {
        let name = transaction.name
        guard let held = try archive.log.locate(name) else { return false }
        let before =
            name.sequence > 1
            ? TransactionName(origin: name.origin, sequence: name.sequence - 1) : transaction.previous
        do {
            let chain = try ChainHash(
                of: transaction, after: try before.flatMap { try archive.log.locate($0)?.chain }
            ) {
                (name) throws(any Error) in
                guard let found = try archive.log.locate(name) else { throw HeldOtherwise() }
                return found.chain
            }
            return chain != held.chain
        } catch is HeldOtherwise {
            return true
        }
    }

    /// What is held of an origin.
    func end(of origin: Origin) throws -> Vector.Entry? {
        guard let row = try archive.interning.originRow(origin, in: database) else { return nil }
        var rows = try database.rows("SELECT sequence, chain FROM origin WHERE row = ?", .integer(row))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(1)) else { return nil }
        return Vector.Entry(origin: origin, sequence: UInt64(clamping: rows.integer(0)), chain: chain)
    }

    /// Adds a transaction that is well-formed and whose turn it is.
    /// - Returns: its chain hash.
    @discardableResult
    func append(_ transaction: Transaction, _ examination: Examination) throws -> ChainHash {
        var located: [TransactionName: (position: Int64, chain: ChainHash)] = [:]
        func locate(_ name: TransactionName) throws -> (position: Int64, chain: ChainHash) {
            if let known = located[name] { return known }
            guard let found = try archive.log.locate(name) else {
                throw InvalidTransaction(
                    name: transaction.name, reason: "it names \(name), which is not here")
            }
            located[name] = found
            return found
        }

        let held = try end(of: transaction.name.origin)
        let previous = try held?.chain ?? transaction.previous.map { try locate($0).chain }
        let values = examination.values
        let chain = try ChainHash(of: transaction, after: previous, valueHashes: values) {
            (name) throws(any Error) in
            try locate(name).chain
        }
        try checkName(of: transaction, chain: chain)
        position += 1
        let facts = TransactionFacts(
            position: position, chain: chain, stamp: transaction.stamp, isByProgram: transaction.isByProgram)

        var body = LogBody()
        body.observed = try transaction.observed.map { try locate($0).position }
        body.note = try transaction.note.map { note in
            LogBody.Note(
                offsetMilliseconds: note.offsetMilliseconds,
                spans: try note.spans.map { .init(last: try locate($0.last).position, count: $0.count) })
        }
        body.unknown = transaction.unknown
        body.previous = try transaction.previous.map { try locate($0).position }
        body.root = transaction.root
        chainUnderWay = ChainPlace(
            origin: try advance(transaction.name, chain: chain), sequence: Int64(transaction.name.sequence))
        previousUnderWay = body.previous
        var firstValue = 0
        for record in transaction.records {
            var fields: [LogBody.Field] = []
            for change in record.fields {
                fields.append(
                    LogBody.Field(
                        name: try archive.interning.nameRow(change.field, in: database),
                        replaces: try change.replaces.map { try locate($0).position }))
            }
            let range = firstValue..<firstValue + fields.count
            let row = try change(
                record, rows: fields, values: values[range],
                terms: examination.terms.isEmpty ? [] : examination.terms[range], by: facts)
            firstValue += fields.count
            if archive.placedTexts != nil { noteTravellingTexts(of: record, values: values[range]) }
            body.records.append(LogBody.Entry(row: row, fields: fields))
        }
        try log(transaction, chain: chain, body: body)
        if let note = body.note { try correctClock(note, by: facts) }
        try reviewDeletions()
        return chain
    }

    /// Notes texts too long for their transaction, which must be sent separately wherever it is sent.
    private func noteTravellingTexts(of record: RecordChanges, values: ArraySlice<ValueHash>) {
        for (change, value) in zip(record.fields, values)
        where change.value.text?.count ?? 0 > Limits.inlineValueBytes {
            archive.placedTexts?.insert(value)
        }
    }

    /// Applies one transaction's changes of one record.
    /// - Returns: the record's row.
    private func change(
        _ changes: RecordChanges, rows: [LogBody.Field], values: ArraySlice<ValueHash>,
        terms: ArraySlice<UInt128>, by facts: TransactionFacts
    ) throws -> Int64 {
        let values = Array(values)
        let deleted = changes.fields.firstIndex { $0.field == "deleted" }.map { values[$0] }
        let purges = Purge.isPurge(deleted: deleted, isByHand: !facts.isByProgram)
        if var record = try takeRecord(changes.id, kind: changes.kind) {
            let before = record.flags
            if try isTwinOfBase(changes, values: values, record: record, isByProgram: facts.isByProgram) {
                try database.run(
                    "INSERT INTO twin (record, position) VALUES (?, ?)", .integer(record.row),
                    .integer(facts.position))
                record.flags.insert(.hasTwins)
                if record.flags != before { try saveFlags(record) }
                return record.row
            }
            for (index, change) in changes.fields.enumerated() {
                try add(
                    change, value: values[index], row: rows[index].name, replaced: rows[index].replaces,
                    purges: purges, by: facts, to: &record)
            }
            try save(record)
            return record.row
        }

        var record = try insert(changes, rows: rows, values: values, terms: terms, by: facts)
        var isChanged = false
        for (index, change) in changes.fields.enumerated() where !change.isPlainAtFirst {
            try add(
                change, value: values[index], row: rows[index].name, replaced: rows[index].replaces,
                purges: purges, by: facts, to: &record)
            isChanged = true
        }
        if isChanged { try save(record) }
        return record.row
    }

    /// - Parameter terms: each change's part of the digest, of a transaction by the program.
    private func insert(
        _ changes: RecordChanges, rows: [LogBody.Field], values: [ValueHash], terms: ArraySlice<UInt128>,
        by facts: TransactionFacts
    ) throws -> RecordState {
        var fields = VisibleFields()
        fields.reserveCapacity(changes.fields.count)
        for (index, change) in changes.fields.enumerated() {
            guard change.isPlainAtFirst, let json = change.value.text else { continue }
            fields.append(change.field, json)
            if !terms.isEmpty {
                digest.add(terms[terms.startIndex + index])
                continue
            }
            let key = VersionKey(
                byHand: facts.chain, record: changes.id, kind: changes.kind, field: change.field, in: &room)
            digest.add(
                Digest.term(
                    record: changes.id, kind: changes.kind, field: change.field, key: key,
                    value: values[index], in: &room))
        }
        try database.run(
            "INSERT INTO record (handle, id, kind, base, fields) VALUES (?, ?, ?, ?, ?)",
            .integer(changes.id.handle), .blob(changes.id.bytes),
            .integer(try archive.interning.nameRow(changes.kind, in: database)), .integer(facts.position),
            .utf8(fields.encoded))
        // Somebody may have merged into it before it came.
        if archive.knownMerges?.graph.hasLooseEnds == true { archive.knownMerges = nil }
        var record = RecordState(
            row: database.lastInsertedRow, id: changes.id, kind: changes.kind, base: facts.position,
            flags: [],
            fields: fields)
        for (index, change) in changes.fields.enumerated()
        where values[index] == JSONLiteral.trueHash && change.isPlainAtFirst {
            try noteElement(
                change.field, row: rows[index].name, before: nil, now: change.value.text, of: record.row)
        }
        for field in ["deleted", "target", MergedInto.field] where fields[field] != nil {
            try noteConsequences(field: field, shownBefore: nil, record: &record)
        }
        if !record.flags.isEmpty { try saveFlags(record) }
        return record
    }

    /// An import of what the record's base imported, all of it still plain.
    private func isTwinOfBase(
        _ changes: RecordChanges, values: [ValueHash], record: RecordState, isByProgram: Bool
    ) throws -> Bool {
        guard isByProgram, try archive.log.facts(at: record.base).isByProgram else { return false }
        for (index, change) in changes.fields.enumerated() {
            guard change.isPlainAtFirst, let shown = record.fields[change.field] else { return false }
            guard shown == change.value.text || ValueHash(of: shown) == values[index] else { return false }
            guard record.flags.contains(.hasVersions) else { continue }
            let field = try archive.interning.nameRow(change.field, in: database)
            let hasRows = try database.integer(
                "SELECT EXISTS (SELECT 1 FROM version WHERE record = ? AND field = ?)", .integer(record.row),
                .integer(field))
            if hasRows == 1 { return false }
        }
        return true
    }

    func save(_ record: RecordState) throws {
        forgetRecord()
        try database.run(
            "UPDATE record SET state = ?, fields = ? WHERE row = ?", .integer(record.flags.rawValue),
            .utf8(record.fields.encoded), .integer(record.row))
        try writeOldTexts()
    }

    func saveFlags(_ record: RecordState) throws {
        forgetRecord()
        try database.run(
            "UPDATE record SET state = ? WHERE row = ?", .integer(record.flags.rawValue), .integer(record.row)
        )
    }

    /// Moves the vector on to a transaction.
    /// - Returns: the row of its origin.
    private func advance(_ name: TransactionName, chain: ChainHash) throws -> Int64 {
        if let origin = try archive.interning.originRow(name.origin, in: database) {
            try database.run(
                "UPDATE origin SET sequence = ?, chain = ? WHERE row = ?", .integer(Int64(name.sequence)),
                .blob(chain.bytes), .integer(origin))
            return origin
        }
        try database.run(
            "INSERT INTO origin (id, sequence, chain) VALUES (?, ?, ?)", .blob(name.origin.bytes),
            .integer(Int64(name.sequence)), .blob(chain.bytes))
        return database.lastInsertedRow
    }

    private func log(_ transaction: Transaction, chain: ChainHash, body: LogBody) throws {
        try database.run(
            """
            INSERT INTO log (position, origin, sequence, stamp, author, by_program, chain, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(position), .integer(chainUnderWay.origin), .integer(chainUnderWay.sequence),
            .integer(Int64(transaction.stamp.rawValue)),
            .integer(try archive.interning.authorRow(transaction.author, in: database)),
            .boolean(transaction.isByProgram), .blob(chain.bytes), .blob(body.encoded(at: position)))
    }
}

/// Two transactions claim one name, and the log has the other one.
struct HeldOtherwise: Error {}
