internal import QuipuStorage

/// The result of a purge: what was erased, record by record.
public struct PurgeReport: Sendable {
    /// The transaction that was written; nil if everything was already purged.
    public let version: Version?
    /// The values that one of the named records lost.
    public struct Share: Sendable {
        public let record: RecordID
        /// The number of records that lost their values: the named one, and what belongs to it. 0 if it was already purged.
        public let recordCount: Int
        /// How many values were taken from them.
        public let valueCount: Int
    }

    /// One entry for each named record, in the order in which they were named.
    public let records: [Share]
    /// The number of attachment files that were removed here.
    public let removedFiles: Int

    /// The number of all records that lost their values.
    public var recordCount: Int { records.reduce(0) { $0 + $1.recordCount } }
    /// How many values were taken from them.
    public var valueCount: Int { records.reduce(0) { $0 + $1.valueCount } }
}

extension Archive {
    /// Permanently erases a deleted record and its dependents: here at once, on each mirror when it next syncs. The history
    /// keeps that the record existed, who changed which of its fields and when, and hashes of its values.
    ///
    ///     try archive.write { try $0.delete(id) }
    ///     let report = try archive.purge(id)
    ///
    ///     let report = try archive.purge([id])
    ///
    /// - Throws: `unknownRecord`; `notDeleted`; `inConflict` if it was edited concurrently with its deletion;
    ///   `tooLarge`.
    public func purge(_ id: RecordID) throws(QuipuError) -> PurgeReport { try purge([id]) }

    /// Purges several records in one transaction: all of them or none.
    ///
    /// - Parameter ids: each once.
    /// - Throws: as `purge` of one record; then none is purged.
    public func purge(_ ids: [RecordID]) throws(QuipuError) -> PurgeReport {
        try QuipuError.presenting {
            try stores.with { store in
                let outcome = try store.purge(
                    ids.map { ($0.stored, $0.kind.rawValue) }, author: author)
                return PurgeReport(
                    version: outcome.version.map { Version($0) },
                    records: outcome.records.map {
                        PurgeReport.Share(
                            record: RecordID($0.id, kind: $0.kind), recordCount: $0.recordCount,
                            valueCount: $0.valueCount)
                    },
                    removedFiles: try store.blobs.remove(outcome.contents))
            }
        }
    }
}
