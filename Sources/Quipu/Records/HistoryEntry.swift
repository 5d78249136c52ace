internal import QuipuCausality
internal import QuipuStorage

/// A transaction of the log: everything that it changed, or only its changes to one record.
///
///     for entry in try archive.read({ try $0.history(of: id) }) { print(entry.author, entry.fields) }
public struct HistoryEntry: Sendable {
    /// A change of one field.
    public struct FieldChange: Sendable {
        public let record: RecordID
        public let field: String
        /// An automatic merge of texts that people wrote: no person may have written the result as it stands.
        public let isMerge: Bool
    }

    public let version: Version
    public let author: String
    /// An import or a merge made it, not a person.
    public let isByProgram: Bool
    /// Unix milliseconds, corrected where a clock was found to be wrong.
    public let timeMilliseconds: Int64
    /// In the order in which they were written.
    public let changes: [FieldChange]

    /// The names of the fields that it changed, each once, sorted.
    public var fields: [String] { Self.sorted(changes.map(\.field)) }

    /// Those of them whose texts were merged automatically.
    public var mergedFields: [String] { Self.sorted(changes.filter(\.isMerge).map(\.field)) }

    /// The clock was earlier than this program's build, and its error has not been determined since.
    public var isTimeUncertain: Bool { timeMilliseconds < ClockComparison.buildMilliseconds }

    init(_ entry: QuipuStorage.HistoryEntry) {
        version = Version(entry.version)
        author = entry.author
        isByProgram = entry.isByProgram
        timeMilliseconds = entry.timeMilliseconds
        changes = entry.changes.map {
            FieldChange(record: RecordID($0.id, kind: $0.kind), field: $0.field, isMerge: $0.isMerge)
        }
    }

    private static func sorted(_ names: [String]) -> [String] {
        Set(names).sorted { $0.utf8Precedes($1) }
    }
}
