internal import QuipuStorage

extension Snapshot {
    /// The records that fit a query, with how many there are in all.
    ///
    ///     for record in try archive.read({ try $0.records(matching: "agua tag:river", limit: 20) }) {
    ///         print(record.fields.title ?? "untitled")
    ///     }
    ///
    /// Words must all occur, compared without case and accents; `"a phrase"`, `begin*`, `-word`, `OR` and parentheses; and
    /// filters such as `kind:note`, `tag:river`, `in:Press`, `author:ruiz`, `before:2026`, `has:conflict`. No query is an
    /// error: what cannot be read is searched as words, and the `notes` of the result say so. A blank query fits all records.
    /// Deleted records fit only where the query says `is:deleted`.
    ///
    /// - Parameters:
    ///   - sort: nil for `relevance` where the query has words, and `added` where it has none.
    ///   - offset: how many are skipped.
    ///   - limit: the maximum number; nil for all.
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func records(
        matching query: String, sort: RecordOrder? = nil, offset: Int = 0, limit: Int? = nil
    ) throws(QuipuError) -> MatchingRecords {
        try QuipuError.presenting {
            MatchingRecords(
                try store.queries.page(
                    Query(query), order: sort?.stored, offset: offset, limit: limit))
        }
    }

    /// The ids of all records that fit a query, in the order in which they came; none of the records is read.
    ///
    ///     let ids = try archive.read { try $0.recordIDs(matching: "tag:draft before:2020") }
    ///     guard ids.notes.leaveQueryAsTyped else { return }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func recordIDs(matching query: String) throws(QuipuError) -> MatchingIDs {
        try QuipuError.presenting {
            let (ids, notes) = try store.queries.ids(Query(query))
            return MatchingIDs(
                ids: ids.map { RecordID($0.id, kind: $0.kind) }, notes: notes.map { QueryNote($0) })
        }
    }

    /// How many records fit a query.
    ///
    ///     let count = try archive.read { try $0.recordCount(matching: "kind:article tag:river") }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func recordCount(matching query: String) throws(QuipuError) -> Int {
        try QuipuError.presenting { try store.queries.count(Query(query)).total }
    }

    /// The notes on a query before it is used: see `QueryNote`.
    ///
    /// - Throws: `badQuery` for one that cannot be read as it was typed, or that has a mistake in a filter.
    package func notes(on query: String) throws(QuipuError) -> [QueryNote] {
        try QuipuError.presenting {
            try store.query(asTyped: query).notes
        }
    }
}
