internal import QuipuCausality
internal import QuipuSQLite

/// The elements of sets that records have (`tags/strike` → `true`), each a field: by them records are found.
enum SetElement {
    static let value = ValueHash(of: JSONLiteral.true)

    static func isElement(_ field: String) -> Bool { field.utf8.contains(UInt8(ascii: "/")) }
}

extension Writer {
    /// - Parameters:
    ///   - row: of the field's name.
    ///   - before: what the record showed in the field.
    func noteElement(_ field: String, row: Int64, before: [UInt8]?, now: [UInt8]?, of record: Int64) throws {
        guard SetElement.isElement(field) else { return }
        let (had, has) = (before == JSONLiteral.true, now == JSONLiteral.true)
        if has, !had {
            try database.run(
                "INSERT OR IGNORE INTO element (name, record) VALUES (?, ?)", .integer(row), .integer(record))
        } else if had, !has {
            try database.run(
                "DELETE FROM element WHERE name = ? AND record = ?", .integer(row), .integer(record))
        }
    }

    /// Of a record that is listed under none.
    func noteElements(of record: RecordState) throws {
        for member in record.fields.members {
            try noteElement(
                member.name, row: try store.interning.nameRow(member.name, in: database), before: nil,
                now: member.json, of: record.row)
        }
    }
}

extension Store {
    /// In the transaction that leads to form 3.
    static func listElements(in database: Connection) throws {
        guard try database.integer("SELECT EXISTS (SELECT 1 FROM record)") == 1 else { return }
        let store = try Store(migrating: database)
        let writer = try Writer(store)
        var last: Int64 = 0
        while let row = try database.integer("SELECT min(row) FROM record WHERE row > ?", .integer(last)) {
            last = row
            try writer.noteElements(of: store.record(row: row))
        }
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
}
