internal import QuipuStorage

extension Snapshot {
    /// Open conflicts, in the order of the records.
    ///
    ///     for conflict in try archive.read({ try $0.conflicts() }) {
    ///         print(conflict.record.handle, conflict.field, conflict.others.count)
    ///     }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func conflicts(of id: RecordID? = nil) throws(QuipuError) -> [Conflict] {
        try QuipuError.presenting {
            try store.conflicts(of: id?.stored, kind: id?.kind.rawValue).map { Conflict($0) }
        }
    }

    /// Merges the two versions of a conflict in a text; `Resolution.merged` writes the result.
    ///
    ///     if let text = try snapshot.mergeProposal(for: conflict).text { print(text) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func mergeProposal(for conflict: Conflict) throws(QuipuError) -> MergeProposal {
        try QuipuError.presenting { MergeProposal(try store.merging.proposal(of: conflict.stored)) }
    }

    /// Visits open conflicts, in the order of the records, one at a time.
    ///
    ///     try archive.read { try $0.forEachConflict { conflict in
    ///         print(conflict.field)
    ///         return true
    ///     } }
    ///
    /// - Parameters:
    ///   - id: of the record whose conflicts are wanted; nil for all.
    ///   - visit: false stops.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func forEachConflict(
        of id: RecordID? = nil, _ visit: (Conflict) throws -> Bool
    ) throws {
        try QuipuError.relaying {
            try store.forEachConflict(of: id?.stored, kind: id?.kind.rawValue) {
                try visit(Conflict($0))
            }
        }
    }

    /// How many conflicts are open.
    ///
    ///     if try archive.read({ try $0.conflictCount() }) > 0 { print("there are conflicts") }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func conflictCount() throws(QuipuError) -> Int {
        try QuipuError.presenting { try store.openConflicts }
    }
}
