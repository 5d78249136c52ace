internal import QuipuStorage

/// The outcome of an edit: the version that was written, and the conflicts that it settled.
public struct EditOutcome: Sendable {
    /// A conflict that an edit settled by giving its field a value.
    public struct SettledConflict: Sendable {
        public let record: RecordID
        public let field: String
        /// The conflicting versions, which the edit replaced.
        public let versions: [Version]
    }

    /// The transaction that was written, of several the last; nil if nothing changed.
    public let version: Version?
    /// If several transactions were written: for each record, the one that changed it.
    private let versions: [RecordID: Version]
    public let settled: [SettledConflict]
    /// Records that were split.
    public let splits: [SplitRecord]

    init(_ outcome: QuipuStorage.EditOutcome) {
        version = outcome.version.map { Version($0) }
        var versions: [RecordID: Version] = [:]
        for part in outcome.parts {
            for (id, kind) in part.records { versions[RecordID(id, kind: kind)] = Version(part.version) }
        }
        self.versions = versions
        settled = outcome.closed.map {
            SettledConflict(
                record: RecordID($0.id, kind: $0.kind), field: $0.field,
                versions: $0.versions.map { Version($0) })
        }
        splits = outcome.splits.map { SplitRecord($0) }
    }

    /// The transaction that changed a record of the edit; nil if nothing changed.
    package func version(of id: RecordID) -> Version? { versions[id] ?? version }
}
