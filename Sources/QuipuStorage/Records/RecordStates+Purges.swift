internal import QuipuCausality
internal import QuipuSQLite

extension RecordStates {
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
