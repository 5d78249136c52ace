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
    /// Words of a query that count; more than anyone types.
    public static let maximumWords = 64

    /// Of more records that fit equally well, the latest so many are ranked. A query then costs what it returns and
    /// not what exists.
    static let rankedCandidates = 2_000

    /// Documents that fit, latest first, and of those the best. `searchable` is looked up by document for each, never
    /// the other way round.
    static let ranking: StaticString = """
        SELECT record
        FROM (
            SELECT searchable.record AS record, bm25(search, 8.0, 3.0, 2.0, 1.0) AS score
            FROM search
            CROSS JOIN searchable ON searchable.document = search.rowid
            WHERE search MATCH ?
            ORDER BY search.rowid DESC
            LIMIT ?
        )
        ORDER BY score, record
        LIMIT ?
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
    /// Records that contain all the words of a query: those that have all in their titles, then in titles and texts,
    /// then in remarks as well, then anywhere; among those the best first. Words are compared as `WordFolder` folds
    /// them; `"several words"` match in that order, and a word that ends in `*` matches what begins with it. No query
    /// is an error.
    ///
    /// If the archive can never be written, as on a locked medium, an index that lacks anything is rebuilt for
    /// this connection alone.
    ///
    /// - Parameter isIndexFresh: set to false when newer records could not be added to the index, because the
    ///   archive cannot be written just now.
    public func search(_ query: String, limit: Int = 50, isIndexFresh: inout Bool) throws -> [SearchHit] {
        do {
            if try !isUpToDate {
                try archive.isOnUnwritablePlace ? indexPrivately() : bringUpToDate()
            }
        } catch let error as StorageError where error.code == .busy {
            isIndexFresh = false
        } catch let error as StorageError where error.code == .readOnly {
            try indexPrivately()
        }
        var folder = WordFolder()
        let query = SearchQuery(query, &folder)
        if query.terms.isEmpty { return [] }
        var hits: [SearchHit] = []
        for row in try rows(matching: query, limit: limit) {
            let record = try recordStates.record(row: row)
            // An index that is behind may still have it.
            if record.flags.contains(.isDeleted) { continue }
            let snippet = Snippet(of: SearchableText(of: record), query, &folder)
            hits.append(SearchHit(record: try records.view(record), snippet: snippet.text))
        }
        return hits
    }

    private func rows(matching query: SearchQuery, limit: Int) throws -> [Int64] {
        var found: [Int64] = []
        var ranks: [SearchableText.Rank] = []
        for rank in SearchableText.Rank.allCases where found.count < limit {
            ranks.append(rank)
            // Those found in earlier ranks are found again.
            let most = limit + found.count
            let known = Set(found)
            var rows = try database.rows(
                Search.ranking, .text(query.expression(in: ranks)),
                .integer(max(Search.rankedCandidates, most)), .integer(most))
            while try rows.next(), found.count < limit {
                if !known.contains(rows.integer(0)) { found.append(rows.integer(0)) }
            }
        }
        return found
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
        try reading {
            // Another process may write where this connection may not.
            let end = try position
            guard try privatelyIndexedPosition() != end else { return }
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

    /// Where the log ended when this connection's own index was made; nil where it has none.
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
