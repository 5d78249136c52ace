internal import QuipuStorage

/// A listing as somebody asks for it: a query, and filters that must fit as well.
package struct Listing: Sendable {
    package var query: String
    package var kind: RecordKind?
    package var tag: String?
    /// A name, a handle or an id.
    package var collection: String?
    package var isForDeleted = false
    /// Nil for `relevance` where the query has words, and `added` where it has none.
    package var order: RecordOrder?
    /// Nil for all.
    package var limit: Int?

    package init(query: String) { self.query = query }

    /// Whether there are words to search for, not only filters.
    package var hasWords: Bool { Query(query).hasWords }

    package var isBlank: Bool { Query(query).isBlank }

    /// Whether anything is left out.
    package var isOfAll: Bool { isBlank && kind == nil && tag == nil && collection == nil && !isForDeleted }

    var parsed: Query {
        var query = Query(query)
        if let kind { query.require(.kind, kind.rawValue) }
        if let tag { query.require(.tag, tag) }
        if let collection { query.require(.in, collection) }
        if isForDeleted { query.require(.is, "deleted") }
        return query
    }
}

extension Archive {
    /// Visits the records of a listing, each page of some hundred in a snapshot of its own, so that a slow reader keeps no
    /// old state of the archive alive.
    ///
    /// - Parameters:
    ///   - begin: gets how many there are in all, before the first record.
    ///   - visit: returns false to stop.
    /// - Throws: `QuipuError`, and what the closures throw.
    package func forEachRecord(
        of listing: Listing, begin: (_ total: Int, _ notes: [QueryNote]) throws -> Void,
        _ visit: (SearchHit, borrowing Snapshot) throws -> Bool
    ) throws {
        try QuipuError.relaying {
            try stores.with { store in
                try store.queries.forEach(
                    listing.parsed, order: listing.order?.stored, limit: listing.limit,
                    begin: { total, notes in try begin(total, notes.map { QueryNote($0) }) }
                ) { hit in
                    try visit(SearchHit(record: Record(hit.record), passage: hit.snippet), Snapshot(store))
                }
            }
        }
    }

    /// How many records a listing has.
    package func count(of listing: Listing) throws(QuipuError) -> (total: Int, notes: [QueryNote]) {
        try QuipuError.presenting {
            try stores.with { store in
                let (total, notes) = try store.queries.count(listing.parsed)
                return (total, notes.map { QueryNote($0) })
            }
        }
    }
}
