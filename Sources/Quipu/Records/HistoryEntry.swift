internal import QuipuStorage

/// A transaction of the log, as far as a record was changed by it.
public struct HistoryEntry: Sendable {
    public let version: Version
    public let author: String
    /// An import or a merge made it, and no person.
    public let isByProgram: Bool
    /// Unix milliseconds, corrected where a clock was found to be wrong.
    public let timeMilliseconds: Int64
    /// The names of the fields that it changed.
    public let fields: [String]

    init(_ entry: QuipuStorage.HistoryEntry) {
        version = Version(entry.version)
        author = entry.author
        isByProgram = entry.isByProgram
        timeMilliseconds = entry.timeMilliseconds
        fields = entry.changes.map(\.field)
    }
}
