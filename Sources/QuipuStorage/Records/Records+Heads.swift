public import QuipuCausality
internal import QuipuSQLite

extension Records {
    /// The versions that the fields of a record have now: what an edit replaces whose author has seen the record like
    /// this. A field that was never given a value is left out.
    public func heads(of record: Record) throws -> [String: [TransactionName]] {
        let state = try recordStates.record(row: record.row)
        var heads: [String: [TransactionName]] = [:]
        for row in try recordStates.fieldRows(of: state) {
            let field = try interning.name(row, in: database)
            heads[field] = try recordStates.versions(of: field, row: row, in: state).versions.heads
                .map { try log.name(at: $0.representative.position) }.sorted()
        }
        return heads
    }

    /// The elements that a set of any record has, as `tags`, and how many records have each, those deleted left out. In the
    /// order of the elements.
    public func elementCounts(of set: String) throws -> [(element: String, count: Int)] {
        var found: [(element: String, count: Int)] = []
        // "0" follows "/".
        var rows = try database.rows(
            """
            SELECT name.text, count(*)
            FROM name
            CROSS JOIN element ON element.name = name.row
            CROSS JOIN record ON record.row = element.record
            WHERE name.text > ? AND name.text < ? AND NOT record.state & 2
            GROUP BY name.row
            ORDER BY name.text
            """, .text(set + "/"), .text(set + "0"))
        while try rows.next() {
            found.append((String(rows.text(0).dropFirst(set.utf8.count + 1)), Int(rows.integer(1))))
        }
        return found
    }
}
