internal import QuipuCausality
internal import QuipuSQLite

/// A head of a field of some record.
struct FieldHead {
    var record: RecordState
    var field: String
    var fieldRow: Int64
    var version: Version

    /// One transaction may have written the field in several records: then that of the record with the least id ranks highest.
    func ranksAbove(_ other: FieldHead) -> Bool {
        if Version.ranksBelow(other.version, version) { return true }
        return !Version.ranksBelow(version, other.version) && record.id < other.record.id
    }
}

extension RecordStates {
    /// The heads made by hand that no standing delete of a record has seen.
    /// - Parameter rows: which of the record and of what hangs on it are looked at; nil for all.
    func unobservedHeads(of record: RecordState, only rows: Set<Int64>? = nil) throws -> [FieldHead] {
        let deletedRow = try interning.knownNameRow("deleted", in: database) ?? 0
        let deletions = try versions(of: "deleted", row: deletedRow, in: record).versions
        // Apart: one delete of thousands of records has seen as much of all of them together.
        var seen: [KeptBody] = []
        for head in deletions.heads where head.value == JSONLiteral.trueHash {
            for member in head.members { seen.append(try log.keptBody(at: member.position)) }
        }
        var found: [FieldHead] = []
        let owners = try rows.map { try $0.sorted().map { try self.record(row: $0) } }
        try forEachField(of: owners ?? withDependents(record)) { owner, field, row, versions in
            var observed: Set<Int64> = []
            for member in versions.versions.lazy.flatMap(\.members)
            where seen.contains(where: { $0.hasSeen(member.position) }) {
                observed.insert(member.position)
            }
            for version in Deletion.unobservedHeads(of: versions, observed: observed) {
                found.append(FieldHead(record: owner, field: field, fieldRow: row, version: version))
            }
        }
        return found
    }

    /// Visits every field but `deleted` of a record and of what hangs on it.
    func forEachField(
        of record: RecordState,
        _ visit: (_ owner: RecordState, _ field: String, _ row: Int64, _ versions: FieldVersions) throws ->
            Void
    ) throws {
        try forEachField(of: withDependents(record), visit)
    }

    private func withDependents(_ record: RecordState) throws -> [RecordState] {
        [record] + (try dependents(on: record.id))
    }

    private func forEachField(
        of owners: [RecordState],
        _ visit: (_ owner: RecordState, _ field: String, _ row: Int64, _ versions: FieldVersions) throws ->
            Void
    ) throws {
        for owner in owners {
            for field in try fieldRows(of: owner) {
                let name = try interning.name(field, in: database)
                if name == "deleted" || SourceMemory.isMemory(name) { continue }
                try visit(owner, name, field, try versions(of: name, row: field, in: owner).versions)
            }
        }
    }

    func dependents(on id: RecordID) throws -> [RecordState] {
        var found: [Int64] = []
        do {
            var rows = try database.rows(
                "SELECT record FROM hanging WHERE target = ? ORDER BY record", .blob(id.bytes))
            while try rows.next() { found.append(rows.integer(0)) }
        }
        return try found.map { try record(row: $0) }
    }

    /// The names' rows of all fields that a record was ever given.
    func fieldRows(of record: RecordState) throws -> [Int64] {
        var found: Set<Int64> = []
        for member in record.fields.members {
            if let row = try interning.knownNameRow(member.name, in: database) { found.insert(row) }
        }
        var rows = try database.rows(
            "SELECT DISTINCT field FROM version WHERE record = ?", .integer(record.row))
        while try rows.next() { found.insert(rows.integer(0)) }
        return found.sorted()
    }

    /// Records that have an element, in the order in which they came; of what kind they are and whether they are deleted
    /// is not asked.
    func rows(having element: String, after last: Int64, limit: Int64) throws -> [Int64] {
        guard let name = try interning.knownNameRow(element, in: database) else { return [] }
        var found: [Int64] = []
        var rows = try database.rows(
            "SELECT record FROM element WHERE name = ? AND record > ? ORDER BY record LIMIT ?",
            .integer(name), .integer(last), .integer(limit))
        while try rows.next() { found.append(rows.integer(0)) }
        return found
    }

    func isDeletionContested(of record: RecordState) throws -> Bool {
        try !unobservedHeads(of: record).isEmpty
            || Set(heads(of: "deleted", in: record).map(\.value)).count > 1
    }

    /// Whether a record is deleted and was purged, and nothing that was written by hand stands against that.
    func isPurged(_ record: RecordState) throws -> Bool {
        try record.flags.contains(.isDeleted) && wasPurged(record) && !hasStandingEdit(record)
    }

    /// Whether anything was ever purged.
    var holdsPurges: Bool {
        get throws {
            try database.integer(
                """
                SELECT EXISTS (
                    SELECT 1
                    FROM version
                    JOIN version AS deletion
                        ON deletion.record = version.record AND deletion.position = version.position
                    JOIN name ON name.row = deletion.field
                    WHERE version.value = ? AND version.flags & 1 AND deletion.value = ?
                        AND name.text = 'deleted'
                )
                """, .blob(JSONLiteral.nullHash.bytes), .blob(JSONLiteral.trueHash.bytes)) == 1
        }
    }

    /// Whether a field of a record shows that it was purged.
    func wasPurged(_ record: RecordState) throws -> Bool {
        for member in record.fields.members where member.json == JSONLiteral.null {
            if try heads(of: member.name, in: record).contains(where: \.isPurge) { return true }
        }
        // What is shown may be an edit that the purge had not seen.
        guard record.flags.contains(.isInConflict) else { return false }
        for row in try fieldRows(of: record) {
            let name = try interning.name(row, in: database)
            if try heads(of: name, in: record).contains(where: \.isPurge) { return true }
        }
        return false
    }

    /// Whether something that was written by hand stands in a record, or in what hangs on it.
    func hasStandingEdit(_ record: RecordState) throws -> Bool {
        var isFound = false
        try forEachField(of: record) { _, field, _, versions in
            if isFound || Purge.leaves(field) { return }
            isFound = versions.heads.contains { !$0.isImport && !$0.isPurge }
        }
        return isFound
    }
}
