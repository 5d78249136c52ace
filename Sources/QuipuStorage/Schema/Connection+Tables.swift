internal import QuipuSQLite

extension Connection {
    /// Makes an empty temporary table as the archive's of that name, which it hides. What reads and writes the one by its
    /// bare name then reads and writes the other.
    func makeTemporaryTable(like name: String) throws {
        guard let sql = try text("SELECT sql FROM main.sqlite_schema WHERE name = ?", .text(name)),
            let place = sql.firstRange(of: " \(name)")
        else { throw StorageError.damaged(path, "it has no table '\(name)'") }
        try execute("DROP TABLE IF EXISTS temp.\(name)")
        try execute(
            String(sql[..<place.lowerBound]) + " temp.\(name)" + String(sql[place.upperBound...]))
    }

    /// Whether the database has no table yet.
    var isEmpty: Bool { get throws { try integer("SELECT count(*) FROM sqlite_schema") == 0 } }
}
