internal import QuipuCausality
internal import QuipuSQLite

/// What a repair did.
public struct RepairReport: Sendable {
    /// What was found wrong before, in words. Everything is rebuilt, whatever was found.
    public var found: [String] = []
    /// What is wrong still.
    public var left: [String] = []
    /// Texts that were not what their hashes say. They are gone; those that are wanted come with the next sync.
    public var droppedTexts = 0
}

extension Integrity {
    /// Rebuilds everything that the log implies: versions' heads and marks, what is shown, conflicts, missing
    /// texts, what hangs where, twins, corrections of clocks, the vector and the digest. All of it, or nothing.
    ///
    /// - Throws: `StorageError.damaged` when the log itself, or the text of a value whose hash stands nowhere else,
    ///   is not what its chain says: nothing here tells what it was.
    public func repair() throws -> RepairReport {
        var report = RepairReport()
        report.found = try damage()
        do {
            report.droppedTexts = try writing { writer in
                // What is found by an index comes before everything that is found.
                try database.execute("REINDEX")
                var rebuild = Rebuild(writer)
                try rebuild.run()
                return rebuild.droppedTexts
            }
        } catch let error as StorageError where error.code == .damaged {
            throw StorageError(
                .damaged, "this cannot be repaired from what is here: \(error.message)",
                remedy: Remedy(.repairFromMirror))
        }
        cardIndex.forget()
        report.left = try damage()
        return report
    }

    private func damage() throws -> [String] {
        do {
            return try verify().damaged
        } catch let error as StorageError where error.code == .damaged {
            return [error.message]
        }
    }
}

/// Derives from the log all that can be derived from it.
///
/// Only what values the transactions gave is no part of the log's rows: it stands as a hash in `version`, or as the
/// text of a plain field. Both are in the chain, which is therefore held against them first.
private struct Rebuild {
    private let writer: Writer
    private let archive: OpenArchive
    private let database: Connection
    private var notes: [Int64] = []
    private(set) var droppedTexts = 0

    init(_ writer: Writer) {
        self.writer = writer
        archive = writer.archive
        database = writer.database
    }

    mutating func run() throws {
        // Where the rows are is what says so, and where values are looked for depends on it.
        try database.run("UPDATE record SET state = state | 1 WHERE row IN (SELECT record FROM version)")
        let chains = try archive.integrity.chains()
        if let first = chains.damaged.first {
            throw StorageError(.damaged, "transaction \(first) is not what its chain says")
        }
        writer.keepsTextsWhole = true
        let bases = try OldTextBases(writer)
        try dropFalseTexts()
        try listChanges()
        try database.execute(
            """
            DELETE FROM version;
            DELETE FROM twin;
            DELETE FROM conflict;
            DELETE FROM missing;
            DELETE FROM hanging;
            DELETE FROM element;
            DELETE FROM merged;
            UPDATE log SET correction = 0, corrected_by = NULL WHERE corrected_by IS NOT NULL OR correction != 0;
            DELETE FROM origin WHERE row NOT IN (SELECT origin FROM log);
            """)
        for end in chains.ends.values.sorted(by: { $0.origin < $1.origin }) {
            try database.run(
                "UPDATE origin SET sequence = ?, chain = ? WHERE id = ?", .integer(Int64(end.sequence)),
                .blob(end.chain.bytes), .blob(end.origin.bytes))
        }
        writer.digest = Digest()
        writer.hasMissingTexts = false
        try correctClocks()
        var last: Int64 = 0
        while let row = try database.integer("SELECT min(row) FROM record WHERE row > ?", .integer(last)) {
            last = row
            try rebuild(row)
        }
        try writer.reviewDeletions()
        try database.execute("DROP TABLE change")
        try bases.putBack()
        try writer.forgetIndexes()
    }

    private mutating func dropFalseTexts() throws {
        var wrong: [Int64] = []
        try archive.integrity.forEachHiddenText { if $0.state != .sound { wrong.append($0.row) } }
        for row in wrong { try database.run("DELETE FROM text WHERE rowid = ?", .integer(row)) }
        droppedTexts += wrong.count
    }

    /// Sorts what the log says by record and field.
    private mutating func listChanges() throws {
        try database.execute(
            """
            DROP TABLE IF EXISTS temp.change;
            CREATE TEMP TABLE change (
                record INTEGER, field INTEGER, position INTEGER, replaces BLOB, value BLOB,
                PRIMARY KEY (record, field, position)
            ) WITHOUT ROWID;
            """)
        var position: Int64 = 0
        while let next = try database.integer(
            "SELECT min(position) FROM log WHERE position > ?", .integer(position))
        {
            position = next
            let body = try archive.log.body(at: position)
            if body.note != nil { notes.append(position) }
            for entry in body.records {
                let record = try archive.recordStates.record(row: entry.row)
                for field in entry.fields {
                    let name = try archive.interning.name(field.name, in: database)
                    let value = try archive.recordStates.content(
                        of: name, row: field.name, in: record, at: position, isByHash: true
                    ).hash
                    var replaces = VariableLengthWriter()
                    replaces.distances(field.replaces, from: position)
                    try database.run(
                        "INSERT INTO change VALUES (?, ?, ?, ?, ?)", .integer(entry.row),
                        .integer(field.name), .integer(position), .blob(replaces.bytes), .blob(value.bytes))
                }
            }
        }
    }

    private func correctClocks() throws {
        for position in notes { try writer.takeClockNote(at: position) }
    }

    private func changes(of row: Int64) throws -> [RebuiltChange] {
        var found: [RebuiltChange] = []
        var rows = try database.rows(
            "SELECT field, position, replaces, value FROM change WHERE record = ? ORDER BY field, position",
            .integer(row))
        while try rows.next() {
            guard let value = ValueHash(bytes: rows.bytes(3)) else { continue }
            var replaces = VariableLengthReader(bytes: rows.bytes(2))
            found.append(
                RebuiltChange(
                    field: rows.integer(0), position: rows.integer(1),
                    replaces: replaces.distances(from: rows.integer(1)), value: value))
        }
        return found
    }

    private mutating func rebuild(_ row: Int64) throws {
        let old = try archive.recordStates.record(row: row)
        let all = try changes(of: row)
        guard let base = all.map(\.position).min() else {
            // No transaction made it.
            try database.run("DELETE FROM record WHERE row = ?", .integer(row))
            return
        }
        var record = RecordState(
            row: row, id: old.id, kind: old.kind, base: base, flags: [], fields: VisibleFields())
        let byField = Dictionary(grouping: all, by: \.field)
        let plain = try PlainFields(of: old, base: base, changes: byField.mapValues(\.self), in: archive)
        let deleted =
            try archive.interning.knownNameRow("deleted", in: database).flatMap { byField[$0] } ?? []
        var purges: Set<Int64> = []
        for change in deleted {
            let isByHand = try !archive.log.facts(at: change.position).isByProgram
            if Purge.isPurge(deleted: change.value, isByHand: isByHand) { purges.insert(change.position) }
        }
        for field in byField.keys.sorted() {
            let name = try archive.interning.name(field, in: database)
            let shown = old.fields[name]
            if plain.fields.contains(field), let shown {
                record.fields[name] = shown
                let version = writer.version(
                    of: name, value: ValueHash(of: shown), replacing: [], purges: false, in: record,
                    by: try archive.log.facts(at: base))
                writer.digest.add(writer.term(of: version, name, record))
            } else {
                try rebuild(name, byField[field] ?? [], shown: shown, purges: purges, in: &record)
            }
        }
        for position in plain.twins {
            try database.run(
                "INSERT INTO twin (record, position) VALUES (?, ?)", .integer(row), .integer(position))
            record.flags.insert(.hasTwins)
        }
        for field in ["deleted", "target", MergedInto.field] where record.fields[field] != nil {
            try writer.noteConsequences(field: field, shownBefore: nil, record: &record)
        }
        try database.run(
            "UPDATE record SET handle = ?, base = ? WHERE row = ?", .integer(record.id.handle),
            .integer(base), .integer(row))
        try writer.noteElements(of: record)
        try writer.save(record)
    }

    /// A field with rows of its own.
    private mutating func rebuild(
        _ name: String, _ changes: [RebuiltChange], shown: [UInt8]?, purges: Set<Int64>,
        in record: inout RecordState
    ) throws {
        var versions = FieldVersions()
        for change in changes {
            let parents = try change.replaces.map { position in
                guard let parent = versions.version(at: position) else {
                    throw StorageError(
                        .damaged, "'\(name)' of \(record.id.text) replaces a version that does not exist")
                }
                return parent
            }
            versions.insert(
                writer.version(
                    of: name, value: change.value, replacing: parents,
                    purges: purges.contains(change.position), in: record,
                    by: try archive.log.facts(at: change.position)))
        }
        for head in versions.heads { writer.digest.add(writer.term(of: head, name, record)) }
        var stored = StoredVersions(versions: versions, flags: [:])
        let hash = shown.map { ValueHash(of: $0) }
        let before = versions.versions.first { $0.value == hash }
        if before != nil {
            record.fields[name] = shown
        } else if shown != nil {
            droppedTexts += 1
        }
        try writer.settle(
            &stored, before: before, incoming: nil, field: name, row: changes[0].field, record: &record)
    }
}
