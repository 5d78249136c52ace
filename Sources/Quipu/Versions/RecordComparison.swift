internal import QuipuCausality
internal import QuipuStorage

/// Two states of a record, side by side.
///
///     let comparison = try archive.read { try $0.compare(record, from: earlier, to: later) }
///     for change in comparison.changes { print(change.field, change.old ?? [], change.new ?? []) }
public struct RecordComparison: Sendable {
    /// A field whose value changed.
    public struct Difference: Sendable {
        /// The value of a field in one of the two versions.
        public enum Content: Sendable, Equatable {
            /// It had no value.
            case none
            /// The text is not here: it was forgotten, or has not arrived yet.
            case missing
            /// Canonical JSON.
            case json([UInt8])
        }

        public let field: String
        public let old: Content
        public let new: Content
    }

    public let record: Record
    /// Nil for what was before the first.
    public let from: Version?
    public let to: Version?
    /// In the order of the fields' names.
    public let changes: [Difference]

    private typealias State = [(name: String, json: [UInt8]?)]

    init(_ record: Record, from: Version?, to: Version?, in store: Store) throws {
        self.record = record
        self.from = from
        self.to = to
        // Before its first version a record has no fields.
        let old: State = try from.map { try store.log.fields(of: record.stored, at: $0.name) } ?? []
        let new: State = try to.map { try store.log.fields(of: record.stored, at: $0.name) } ?? []
        func content(of field: String, in state: State) -> Difference.Content {
            guard let found = state.first(where: { $0.name == field }) else { return .none }
            return found.json.map { .json($0) } ?? .missing
        }
        let names = Set(old.map(\.name)).union(new.map(\.name)).sorted { $0.utf8Precedes($1) }
        changes = names.compactMap { name in
            let (before, after) = (content(of: name, in: old), content(of: name, in: new))
            return before == after ? nil : Difference(field: name, old: before, new: after)
        }
    }
}

extension Snapshot {
    /// Compares two states of a record: after one transaction was received, and after another was.
    ///
    /// - Parameters:
    ///   - from: nil for no state at all.
    ///   - to: likewise.
    /// - Throws: `unknownVersion` for a transaction that is not here.
    public func compare(_ record: Record, from: Version?, to: Version?) throws(QuipuError)
        -> RecordComparison
    {
        try QuipuError.presenting { try RecordComparison(record, from: from, to: to, in: store) }
    }

    /// The history of a record that was just read, oldest first.
    package func history(of record: Record) throws(QuipuError) -> [HistoryEntry] {
        try QuipuError.presenting { try store.log.history(of: record.stored).map { HistoryEntry($0) } }
    }

    /// The names of fields whose text is not here: it was forgotten, or has not arrived yet.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func missingTexts(of record: Record) throws(QuipuError) -> [String] {
        try QuipuError.presenting { try store.keeping.fieldsWithoutText(of: record.stored) }
    }

    /// Whether a deleted record was edited or restored concurrently with its deletion: then its deletion is a
    /// conflict, and it cannot be purged.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func isDeletionContested(of record: Record) throws(QuipuError) -> Bool {
        try QuipuError.presenting { try store.records.isDeletionContested(of: record.stored) }
    }
}
