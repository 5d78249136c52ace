internal import QuipuStorage

extension Archive {
    /// Visits records that fit, in the order in which they came to be: of an archive of any size one record is in memory.
    ///
    ///     try archive.forEachRecord(.init(tag: "river")) { record, _ in
    ///         print(record.caption ?? "")
    ///         return true
    ///     }
    ///
    /// Unlike that of a snapshot it takes a fresh view for each page of some hundred records, so that a visit that takes long,
    /// as where somebody reads along, keeps no old state of the archive alive.
    ///
    /// - Parameter visit: gets the record, and the view that it was read in; false stops.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func forEachRecord(
        _ filter: RecordFilter = RecordFilter(), _ visit: (Record, borrowing Snapshot) throws -> Bool
    ) throws {
        try QuipuError.relaying {
            try stores.with { store in
                try store.forEachRecord(filter.stored) { try visit(Record($0), Snapshot(store)) }
            }
        }
    }

    /// Records that contain all the words, as `Snapshot.search` finds them, once the index was brought up to date.
    ///
    /// - Returns: the best first; and whether records that were written just now may be missing, because the archive cannot be
    ///   written.
    package func search(_ words: String, limit: Int) throws(QuipuError) -> (
        hits: [SearchHit], isIndexFresh: Bool
    ) {
        try QuipuError.presenting {
            try stores.with { store in
                var isIndexFresh = true
                let hits = try store.search(words, limit: limit, isIndexFresh: &isIndexFresh)
                return (hits.map { SearchHit(record: Record($0.record), passage: $0.snippet) }, isIndexFresh)
            }
        }
    }
}
