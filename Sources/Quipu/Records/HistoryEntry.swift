internal import QuipuCausality
internal import QuipuStorage

/// A transaction of the log: all that it changed, or as far as one record was changed by it.
///
///     for entry in try archive.read({ try $0.history(of: id) }) { print(entry.author, entry.fields) }
public struct HistoryEntry: Sendable {
    /// What it did to one field.
    public struct Change: Sendable {
        public let record: RecordID
        public let field: String
        /// The program merged texts that people had written: nobody may have written what it gave the field.
        public let isMerge: Bool
    }

    public let version: Version
    public let author: String
    /// An import or a merge made it, and no person.
    public let isByProgram: Bool
    /// Unix milliseconds, corrected where a clock was found to be wrong.
    public let timeMilliseconds: Int64
    /// In the order in which they were written.
    public let changes: [Change]

    /// The names of the fields that it changed, each once, sorted.
    public var fields: [String] { Self.sorted(changes.map(\.field)) }

    /// Those of them whose texts the program merged.
    public var mergedFields: [String] { Self.sorted(changes.filter(\.isMerge).map(\.field)) }

    /// The clock read a time before this program was made, and nobody could say since by how much it was off.
    public var isTimeUncertain: Bool { timeMilliseconds < ClockComparison.buildMilliseconds }

    init(_ entry: QuipuStorage.HistoryEntry) {
        version = Version(entry.version)
        author = entry.author
        isByProgram = entry.isByProgram
        timeMilliseconds = entry.timeMilliseconds
        changes = entry.changes.map {
            Change(record: RecordID($0.id, kind: $0.kind), field: $0.field, isMerge: $0.isMerge)
        }
    }

    private static func sorted(_ names: [String]) -> [String] {
        Set(names).sorted { $0.utf8Precedes($1) }
    }
}
