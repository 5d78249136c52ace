internal import QuipuCausality
internal import QuipuSQLite
internal import QuipuTextFolding

/// The index of words, from which records are found.
struct WordIndex: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var wordIndex: WordIndex { WordIndex(archive: archive) }
}

extension WordIndex {
    /// Puts what a record shows in the place of what it showed.
    func index(_ record: RecordState, _ folder: inout WordFolder) throws {
        let columns = SearchableText(of: record).columns(&folder)
        // Its old document, if any, belongs to no record from now on.
        try database.run("DELETE FROM searchable WHERE record = ?", .integer(record.row))
        // A deleted record is not found, and its words are not kept where compaction could not reach them.
        if record.flags.contains(.isDeleted) || columns.allSatisfy(\.isEmpty) { return }
        try database.run(
            "INSERT INTO search (title, body, remark, rest) VALUES (?, ?, ?, ?)", .utf8(columns[0]),
            .utf8(columns[1]), .utf8(columns[2]), .utf8(columns[3]))
        try database.run(
            "INSERT INTO searchable (document, record) VALUES (?, ?)", .integer(database.lastInsertedRow),
            .integer(record.row))
    }

    /// For a record that changes without a transaction of its own: indexes it again, if the index has come as far
    /// as the record at all.
    func indexAgain(_ record: RecordState) throws {
        let reached = try database.integer("SELECT searchable_position FROM archive") ?? 0
        guard record.base <= reached else { return }
        var folder = WordFolder()
        try index(record, &folder)
    }

    /// The index holds the words of what was dropped, in documents that cannot be taken out one by one. It goes
    /// in the same commit, and is filled again by the next search.
    func forget() throws {
        guard try database.integer("SELECT searchable_position FROM archive") != 0 else { return }
        try database.run("INSERT INTO search (search) VALUES ('delete-all')")
        try database.run("DELETE FROM searchable")
        try database.run("UPDATE archive SET searchable_position = 0")
    }
}
