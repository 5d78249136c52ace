internal import Glibc
package import QuipuCausality
internal import QuipuSQLite

extension Texts {
    /// Hashes of wanted texts behind one, in their order.
    package func missing(after hash: ValueHash?, limit: Int) throws -> [ValueHash] {
        var found: [ValueHash] = []
        var rows = try database.rows(
            "SELECT DISTINCT hash FROM missing WHERE hash > ? ORDER BY hash LIMIT ?",
            .blob(hash?.bytes ?? []),
            .integer(limit))
        while try rows.next() { if let hash = ValueHash(bytes: rows.bytes(0)) { found.append(hash) } }
        return found
    }

    /// Long texts of which a part is here.
    public func underWayCount() throws -> Int { try local.textsUnderWay(limit: .max).count }
}

/// A head whose text is not here.
public struct MissingText: Sendable {
    public var record: Record
    public var field: String
}

extension Texts {
    /// Heads whose text is not here: it was lost, has not come yet, or an earlier version forgot it.
    public var missingCount: Int {
        get throws { Int(try database.integer("SELECT count(*) FROM missing") ?? 0) }
    }

    /// Those of them that a record which is not deleted shows or offers.
    public var missingShownCount: Int {
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
    public func missing(limit: Int) throws -> [MissingText] {
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
        return try places.map { MissingText(record: try records.view(row: $0.record), field: $0.field) }
    }
}
