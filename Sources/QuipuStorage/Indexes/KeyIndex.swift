internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

/// The index of natural keys: for each key, the records that have it or had it. It only leads to candidates; whether one
/// is the record that an item is about is decided by what the record holds. It follows from the log, and is made again
/// from there when it is dropped.
struct KeyIndex: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var keyIndex: KeyIndex { KeyIndex(archive: archive) }
}

extension KeyIndex {
    /// Adds the keys of what came into the log since to the index of natural keys.
    /// - Parameter end: where the log ends.
    func bringUpToDate(through end: Int64) throws {
        var next = try database.integer("SELECT identified_position FROM archive") ?? 0
        while next < end {
            next += 1
            let body = try archive.log.body(at: next)
            for entry in body.records { try identify(entry, at: next) }
        }
        try database.run("UPDATE archive SET identified_position = ?", .integer(end))
    }

    private func identify(_ entry: LogBody.Entry, at position: Int64) throws {
        let record = try archive.recordStates.record(row: entry.row)
        // A twin says what the transaction said that made the record, which has brought its keys.
        if record.base != position, !record.flags.contains(.hasVersions) { return }
        let keyed = KeyedField.of(kind: record.kind)
        var isKnownOtherwise = false
        for field in entry.fields {
            let name = try archive.interning.name(field.name, in: database)
            let keyedField = keyed.first { $0.rawValue == name }
            guard keyedField != nil || SourceMemory.isMemory(name),
                let json = try text(of: name, row: field.name, in: record, at: position)
            else { continue }
            if let keyedField {
                guard let canonical = keyedField.canonical(json) else { continue }
                isKnownOtherwise = isKnownOtherwise || keyedField != .body
                try addIdentity(
                    NaturalKey(keyedField.sort, canonical, kind: record.kind, in: archive.id), row: entry.row)
            } else {
                isKnownOtherwise = isKnownOtherwise || name != LeftItems.field
                for key in memoryKeys(name, json, kind: record.kind) { try addIdentity(key, row: entry.row) }
            }
        }
        if !isKnownOtherwise, record.base == position, let key = try fieldsKey(of: record, made: entry) {
            try addIdentity(key, row: record.row)
        }
    }

    private func fieldsKey(of record: RecordState) throws -> NaturalKey? {
        try archive.log.keptBody(at: record.base).records.first { $0.row == record.row }.flatMap {
            try fieldsKey(of: record, made: $0)
        }
    }

    /// What has no other key, or only its text, is known by all that an import gave it when it made it.
    private func fieldsKey(of record: RecordState, made entry: LogBody.Entry) throws -> NaturalKey? {
        guard record.kind != "collection", try archive.log.facts(at: record.base).isByProgram else {
            return nil
        }
        var fields: [(name: String, json: [UInt8])] = []
        for field in entry.fields {
            let name = try archive.interning.name(field.name, in: database)
            guard let json = try text(of: name, row: field.name, in: record, at: record.base) else {
                return nil
            }
            if SourceMemory.isMemory(name), name != LeftItems.field { return nil }
            if let keyed = KeyedField.of(kind: record.kind).first(where: { $0.rawValue == name }),
                keyed != .body, keyed.canonical(json) != nil
            {
                return nil
            }
            fields.append((name, json))
        }
        return ItemKeys.key(ofFields: fields, kind: record.kind, in: archive.id)
    }

    /// Whether a key is that of a value which a record no longer shows. Its text may have been forgotten where it came from,
    /// and be here by now because another record has it; until then the value's hash is what leads to the record.
    func mayComeLate(_ key: Int64, to record: RecordState) throws -> Bool {
        guard record.flags.contains(.hasVersions) else { return false }
        var hasReplacedAny = false
        for row in try archive.recordStates.fieldRows(of: record) {
            let field = try archive.interning.name(row, in: database)
            let stored = try archive.recordStates.versions(of: field, row: row, in: record).versions
            for version in stored.versions where !version.isHead {
                hasReplacedAny = true
                guard let keyed = KeyedField.of(kind: record.kind).first(where: { $0.rawValue == field }),
                    let text = try archive.recordStates.text(
                        of: version, visible: stored.visible, field: field, in: record),
                    let canonical = keyed.canonical(text)
                else { continue }
                let own = NaturalKey(keyed.sort, canonical, kind: record.kind, in: archive.id)
                if own.indexKey == key { return true }
            }
        }
        return try hasReplacedAny && fieldsKey(of: record)?.indexKey == key
    }

    /// The text that a transaction gave a field; nil where it is not here.
    private func text(of name: String, row: Int64, in record: RecordState, at position: Int64) throws
        -> [UInt8]?
    {
        if !record.flags.contains(.hasVersions) { return record.fields[name] }
        let stored = try archive.recordStates.versions(of: name, row: row, in: record).versions
        return try stored.version(at: position).flatMap {
            try archive.recordStates.text(of: $0, visible: stored.visible, field: name, in: record)
        }
    }

    /// The keys that the memory of a source makes.
    func memoryKeys(_ field: String, _ json: [UInt8], kind: String) -> [NaturalKey] {
        if field == LeftItems.field {
            return LeftItems.marks(in: json).map { NaturalKey(.mark, $0, kind: kind, in: archive.id) }
        }
        guard let state = SourceState(parsing: json) else { return [] }
        let scope = String(field.dropFirst(SourceMemory.prefix.count))
        return [ItemKeys.key(of: ItemSource(scope: scope, id: state.id), kind: kind, in: archive.id)]
    }

    /// Adds the keys of a text that came after its transaction.
    func addIdentities(field: String, text: [UInt8], record: RecordState) throws {
        if let key = try fieldsKey(of: record) { try addIdentity(key, row: record.row) }
        if SourceMemory.isMemory(field) {
            for key in memoryKeys(field, text, kind: record.kind) { try addIdentity(key, row: record.row) }
        } else if let keyed = KeyedField.of(kind: record.kind).first(where: { $0.rawValue == field }),
            let canonical = keyed.canonical(text)
        {
            try addIdentity(
                NaturalKey(keyed.sort, canonical, kind: record.kind, in: archive.id), row: record.row)
        }
    }

    func addIdentity(_ key: NaturalKey, row: Int64) throws {
        try database.run(
            "INSERT OR IGNORE INTO identity (key, record) VALUES (?, ?)",
            .integer(key.indexKey),
            .integer(row))
        try archive.leastRecords.note(.natural(key.indexKey), row: row) {
            try archive.log.identity(of: row).id
        }
    }

    /// Notes that a record has a version with a value.
    func noteVersion(of value: ValueHash, field: Int64, row: Int64) throws {
        try archive.leastRecords.note(.value(value, field), row: row) { try archive.log.identity(of: row).id }
    }

    /// Begins to look for candidates, while nobody else can write.
    func beginImport() throws {
        archive.leastRecords.begin(at: try database.integer("PRAGMA data_version") ?? 0)
    }

    /// The rows of records that have or had a key, of many those with the least ids.
    /// - Precondition: `beginImport` was called in the same transaction.
    func candidateRows(with key: NaturalKey) throws -> [Int64] {
        let kept = LeastRecords.Key.natural(key.indexKey)
        if let known = archive.leastRecords.rows(with: kept) { return known }
        let rows = try recordRows(with: key)
        try keep(rows, with: kept)
        return rows
    }

    /// The rows of records that have or had a key, of many those with the least ids.
    func recordRows(with key: NaturalKey) throws -> [Int64] {
        var found: [Int64] = []
        var rows = try database.rows(
            "SELECT record FROM identity WHERE key = ? LIMIT 2", .integer(key.indexKey))
        while try rows.next() { found.append(rows.integer(0)) }
        if found.count < 2 { return found }
        return try integers(
            """
            SELECT identity.record FROM identity JOIN record ON record.row = identity.record
            WHERE identity.key = ? ORDER BY record.id LIMIT ?
            """, .integer(key.indexKey), .integer(Int64(LeastRecords.most)))
    }

    /// The rows of records of which a field ever had a value, of those whose fields have several versions. Hashes outlast
    /// the texts that were forgotten.
    /// - Precondition: `beginImport` was called in the same transaction.
    func candidateRows(withVersion json: [UInt8], of field: KeyedField) throws -> [Int64] {
        guard let row = try interning.knownNameRow(field.rawValue, in: database) else { return [] }
        let key = LeastRecords.Key.value(ValueHash(of: json), row)
        if let known = archive.leastRecords.rows(with: key) { return known }
        let rows = try integers(
            """
            SELECT DISTINCT version.record FROM version JOIN record ON record.row = version.record
            WHERE version.value = ? AND version.field = ? ORDER BY record.id LIMIT ?
            """, .blob(ValueHash(of: json).bytes), .integer(row), .integer(Int64(LeastRecords.most)))
        try keep(rows, with: key)
        return rows
    }

    private func keep(_ rows: [Int64], with key: LeastRecords.Key) throws {
        // Fewer are found as fast.
        guard rows.count == LeastRecords.most else { return }
        archive.leastRecords.keep(try rows.map { (try archive.log.identity(of: $0).id, $0) }, with: key)
    }

    private func integers(_ sql: StaticString, _ arguments: Argument...) throws -> [Int64] {
        var found: [Int64] = []
        var rows = try database.rows(sql, arguments)
        while try rows.next() { found.append(rows.integer(0)) }
        return found
    }
}
