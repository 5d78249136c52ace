internal import QuipuStorage

extension Archive {
    /// Visits the matching records in the order of their creation; only one record is in memory at a time.
    ///
    ///     try archive.forEachRecord(.init(tag: "river")) { record, _ in
    ///         print(record.caption ?? "")
    ///         return true
    ///     }
    ///
    /// Unlike that of `Snapshot`, it takes a new snapshot for each page of some hundred records, so that a long visit,
    /// for instance one that waits for a reader, keeps no old state of the archive alive.
    ///
    /// - Parameter visit: gets the record and the snapshot that it was read from; returns false to stop.
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

    /// Updates the index of words, which the first search after an import does otherwise. Nothing happens where the archive
    /// cannot be written now.
    ///
    ///     try archive.updateSearchIndex { print("\($0.items) records") }
    ///
    /// - Parameter progress: receives the number of records that were added to the index.
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func updateSearchIndex(progress: (WorkProgress) -> Void = { _ in }) throws(QuipuError) {
        try QuipuError.presenting {
            try stores.with { store in
                do {
                    try store.updateWordIndex { progress(WorkProgress(items: $0, fraction: $1)) }
                } catch let error as StorageError
                    where [.busy, .readOnly, .diskFull].contains(error.code)
                {}
            }
        }
    }
}
