internal import QuipuCausality
internal import QuipuSQLite

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
                member.name, row: try archive.interning.nameRow(member.name, in: database), before: nil,
                now: member.json, of: record.row)
        }
    }
}
