internal import QuipuSQLite

extension Log {
    /// The kinds of all records, those deleted included.
    public func kindsEverUsed() throws -> [String] {
        var found: [String] = []
        var rows = try database.rows(
            """
            SELECT text
            FROM name
            WHERE EXISTS (SELECT 1 FROM record INDEXED BY record_by_kind WHERE kind = name.row)
            ORDER BY text
            """)
        while try rows.next() { found.append(rows.text(0)) }
        return found
    }

    /// The elements that a set of any record has or had: for `tags` all tags.
    public func elementsEverUsed(of set: String) throws -> [String] {
        var found: [String] = []
        // "0" follows "/".
        var rows = try database.rows(
            "SELECT text FROM name WHERE text > ? AND text < ? ORDER BY text", .text(set + "/"),
            .text(set + "0"))
        while try rows.next() { found.append(String(rows.text(0).dropFirst(set.count + 1))) }
        return found
    }
}
