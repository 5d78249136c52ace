internal import QuipuSQLite

/// A head whose text is not here.
public struct MissingText: Sendable {
    public var record: Record
    public var field: String
}

extension Store {
    /// Heads whose text is not here: it was lost, has not come yet, or an earlier version forgot it.
    public var missingTexts: Int {
        get throws { Int(try database.integer("SELECT count(*) FROM missing") ?? 0) }
    }

    /// Those of them that a record which is not deleted shows or offers.
    public var missingTextsShown: Int {
        get throws {
            Int(
                try database.integer(
                    """
                    SELECT count(*)
                    FROM missing JOIN record ON record.row = missing.record
                    WHERE NOT record.state & 2
                    """) ?? 0)
        }
    }

    /// Which they are, those that are shown first.
    public func missingTexts(limit: Int) throws -> [MissingText] {
        var places: [(record: Int64, field: String)] = []
        do {
            var rows = try database.rows(
                """
                SELECT missing.record, name.text
                FROM missing
                JOIN record ON record.row = missing.record
                JOIN name ON name.row = missing.field
                ORDER BY record.state & 2, record.id, name.text
                LIMIT ?
                """, .integer(limit))
            while try rows.next() { places.append((rows.integer(0), rows.text(1))) }
        }
        return try places.map { MissingText(record: try view(row: $0.record), field: $0.field) }
    }
}
