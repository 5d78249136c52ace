internal import QuipuStorage

/// What a purge did.
public struct PurgeReport: Sendable {
    /// The transaction that was written; nil if everything was already purged.
    public let version: Version?
    /// The number of records that lost their values: the named one, and what belongs to it.
    public let recordCount: Int
    /// How many values were taken from them.
    public let valueCount: Int
    /// Files of attachments that were removed here.
    public let removedFiles: Int
}

extension Archive {
    /// Permanently erases a deleted record and its dependents: here at once, on each mirror when it next syncs. That it
    /// existed, who changed which of its fields and when, and hashes of what it held stay.
    ///
    /// - Throws: `unknownRecord`; `notDeleted`; `inConflict` if it was edited concurrently with its deletion;
    ///   `tooLarge`.
    public func purge(_ id: RecordID) throws(QuipuError) -> PurgeReport {
        try QuipuError.presenting {
            try stores.with { store in
                let outcome = try store.purge(id.stored, kind: id.kind.rawValue, author: author)
                return PurgeReport(
                    version: outcome.version.map { Version($0) }, recordCount: outcome.recordCount,
                    valueCount: outcome.valueCount,
                    removedFiles: try store.blobs.remove(outcome.contents))
            }
        }
    }
}
