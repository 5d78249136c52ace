internal import QuipuCausality
internal import QuipuSQLite
internal import QuipuTextFolding

/// A record that a search found, with the passage that matched.
public struct SearchHit: Sendable {
    public var record: Record
    /// Text around the match, `[` and `]` around the words that matched.
    public var snippet: String
}

public enum Search {
    /// Matches that a snippet weighs.
    static let maximumWords = Query.maximumTerms

    /// Of more records that fit equally well, the latest so many are ranked. A query then costs what it returns and
    /// not what exists.
    static let rankedCandidates = 2_000

    /// Of documents that an expression fits those of a list, the best first. `searchable` is looked up by document for each,
    /// never the other way round.
    static let ranking: StaticString = """
        SELECT record
        FROM (
            SELECT searchable.record AS record,
                CASE WHEN search.rowid IN (SELECT value FROM json_each(?2)) THEN bm25(search, 8.0, 3.0, 2.0, 1.0)
                END AS score
            FROM search
            CROSS JOIN searchable ON searchable.document = search.rowid
            WHERE search MATCH ?1 AND search.rowid BETWEEN ?3 AND ?4
        )
        WHERE score IS NOT NULL
        ORDER BY score, record
        LIMIT ?5
        """
}

/// Finds records by their words.
public struct WordSearch: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var wordSearch: WordSearch { WordSearch(archive: archive) }
}

extension WordSearch {
    /// Records that fit a query, the best first (`QuerySearch`): those that have all its words in their titles, then in
    /// titles and texts, then in remarks as well, then anywhere. No query is an error.
    ///
    /// - Parameter isIndexFresh: set to false when newer records could not be added to the index, because the
    ///   archive cannot be written just now.
    public func search(_ query: String, limit: Int = 50, isIndexFresh: inout Bool) throws -> [SearchHit] {
        let query = Query(query)
        if query.isBlank { return [] }
        let page = try QuerySearch(archive: archive).page(query, limit: limit)
        if page.notes.contains(where: { $0.code == .staleIndex }) { isIndexFresh = false }
        return page.hits
    }

    /// Brings the index up to date. If the archive cannot be written, as on a locked medium or a full disk, an index that lacks anything
    /// is rebuilt for this connection alone.
    func prepare(isIndexFresh: inout Bool) throws {
        do {
            if try isUpToDate {
                // This connection's own index would hide what another one has added since.
                try archive.dropPrivateIndex()
            } else {
                try archive.isOnUnwritablePlace || archive.lacksRoomForIndexes
                    ? indexPrivately() : bringUpToDate()
            }
        } catch let error as StorageError where error.code == .busy {
            isIndexFresh = false
        } catch let error as StorageError where error.code == .readOnly || error.code == .diskFull {
            try indexPrivately()
        }
    }

    /// Adds to the index what changed since it was last brought up to date.
    /// - Parameter progress: is told how many records were added, and which part of the work that is.
    public func bringUpToDate(
        progress: (_ items: Int, _ fraction: Double) -> Void = { _, _ in }
    ) throws {
        var folder = WordFolder()
        let first = try database.integer("SELECT searchable_position FROM archive") ?? 0
        let work = Double(max(1, try position - first))
        var count = 0
        while try !isUpToDate {
            try writing {
                try $0.index(upTo: 500, &folder) { place in
                    count += 1
                    progress(count, (place - Double(first)) / work)
                }
            }
        }
    }

    private var isUpToDate: Bool {
        get throws { try database.integer("SELECT searchable_position FROM archive") ?? 0 >= position }
    }

    /// Makes an index of all records that only this connection sees, and that goes with it.
    private func indexPrivately() throws {
        archive.keepTemporaryTablesInMemory()
        try reading {
            // Another process may write where this connection may not.
            let end = try position
            guard try privatelyIndexedPosition() != end else { return }
            archive.hasMadePrivateIndex = true
            try database.makeTemporaryTable(like: "search")
            try database.makeTemporaryTable(like: "searchable")
            var folder = WordFolder()
            var rows = try database.rows("SELECT row FROM record ORDER BY row")
            while try rows.next() {
                try wordIndex.index(try recordStates.record(row: rows.integer(0)), &folder)
            }
            try database.execute(
                "DROP TABLE IF EXISTS temp.indexed; CREATE TEMP TABLE indexed (position INTEGER)")
            try database.run("INSERT INTO temp.indexed (position) VALUES (?)", .integer(end))
        }
    }

    /// The position of the log when this connection's own index was made; nil if it has none.
    private func privatelyIndexedPosition() throws -> Int64? {
        let tables = try database.integer(
            "SELECT count(*) FROM temp.sqlite_schema WHERE name IN ('searchable', 'search', 'indexed')")
        return try tables == 3 ? database.integer("SELECT position FROM temp.indexed") : nil
    }
}

extension Writer {
    /// Indexes the records that the next transactions of the log changed.
    /// - Parameter count: transactions in one commit.
    /// - Parameter progress: is told after each record how far that is in the log, as far as this can be told.
    fileprivate func index(
        upTo count: Int, _ folder: inout WordFolder, progress: (Double) -> Void
    ) throws {
        let first = try database.integer("SELECT searchable_position FROM archive") ?? 0
        let last = min(first + Int64(count), position)
        var touched: Set<Int64> = []
        if first < last {
            for position in first + 1...last {
                touched.formUnion(try archive.log.body(at: position).records.map(\.row))
            }
        }
        for (number, row) in touched.sorted().enumerated() {
            try archive.wordIndex.index(try archive.recordStates.record(row: row), &folder)
            progress(Double(first) + Double(last - first) * Double(number + 1) / Double(touched.count))
        }
        try database.run("UPDATE archive SET searchable_position = ?", .integer(last))
    }
}
