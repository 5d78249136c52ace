internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

extension Migrations {
    /// Form 1 is the first that was shipped.
    static let store = Migrations(steps: [
        Step(script: Definitions.storeStep2, then: { try WantedOfDeletedRecords.list(in: $0) }),
        Step(
            script: Definitions.storeStep3,
            then: {
                try Upgrades.listElements(in: $0)
                try Upgrades.checkClockNotesAgain(in: $0)
            }),
        Step(script: Definitions.storeStep4),
        Step(script: Definitions.storeStep5, then: { try Upgrades.listMergedRecords(in: $0) }),
    ])
}

/// From form 1 to form 2. In form 1 a compaction dropped the texts of deleted records and nobody asked for them; now
/// every head's text is wanted. What is still here is shown again, and the rest is listed in `missing`, so that the next
/// sync asks for it.
enum WantedOfDeletedRecords {
    private struct Head {
        var field: Int64
        var name: String
        var value: [UInt8]
        var isVisible: Bool
    }

    static func list(in database: Connection) throws {
        var rows: [Int64] = []
        do {
            var found = try database.rows(
                "SELECT row FROM record WHERE state & 2 AND row IN (SELECT record FROM version) ORDER BY row")
            while try found.next() { rows.append(found.integer(0)) }
        }
        for row in rows { try list(row, in: database) }
    }

    private static func list(_ row: Int64, in database: Connection) throws {
        guard let bytes = try database.bytes("SELECT fields FROM record WHERE row = ?", .integer(row)),
            var fields = bytes.withUnsafeBytes({ VisibleFields(parsing: $0) })
        else { return }
        var isChanged = false
        var shown: Set<[UInt8]> = []
        for head in try heads(of: row, in: database) {
            let text = try database.bytes("SELECT json FROM text WHERE hash = ?", .blob(head.value))
            if head.isVisible, fields[head.name] == nil, let text {
                fields[head.name] = text
                isChanged = true
            }
            // The visible one comes first of its field; another head may have the same value.
            if head.isVisible { shown = fields[head.name] == nil ? [] : [head.value] }
            if text != nil || shown.contains(head.value) { continue }
            try database.run(
                "INSERT OR IGNORE INTO missing (hash, record, field) VALUES (?, ?, ?)", .blob(head.value),
                .integer(row), .integer(head.field))
        }
        guard isChanged else { return }
        try database.run(
            "UPDATE record SET fields = ? WHERE row = ?", .utf8(fields.encoded), .integer(row))
    }

    private static func heads(of row: Int64, in database: Connection) throws -> [Head] {
        var heads: [Head] = []
        var found = try database.rows(
            """
            SELECT version.field, name.text, version.value, version.flags & 8
            FROM version JOIN name ON name.row = version.field
            WHERE version.record = ? AND version.flags & 4
            ORDER BY version.field, version.flags & 8 DESC, version.position
            """, .integer(row))
        while try found.next() {
            heads.append(
                Head(
                    field: found.integer(0), name: found.text(1), value: found.bytes(2),
                    isVisible: found.integer(3) != 0))
        }
        return heads
    }
}
