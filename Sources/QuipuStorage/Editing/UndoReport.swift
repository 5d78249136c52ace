public import QuipuCausality

/// The result of undoing an entry, or of its preview.
public struct UndoReport: Sendable {
    /// One field, or a whole record.
    public struct Change: Sendable {
        public enum Effect: Sendable, Equatable {
            /// The record was deleted: the entry had made it, or restored it (then `field` is `deleted`).
            case deletedRecord
            /// The record, which the entry had deleted, was brought back.
            case restoredRecord
            /// The former value came back.
            case gaveBack
            /// The field had no value before.
            case removedValue
            /// The field is in conflict again, between so many values.
            case reopenedConflict(values: Int)
            /// The value of another version that stood beside it is the only one now.
            case gaveWay
        }

        public var id: RecordID
        public var kind: String
        /// Nil for the whole record.
        public var field: String?
        public var effect: Effect
    }

    /// What was left, and why.
    public struct Left: Sendable {
        public enum Reason: Sendable, Equatable {
            /// The value was changed since; by whom it is now, and when.
            case changed(author: String, timeMilliseconds: Int64)
            /// The entry made the record, and others have written in it or in what belongs to it since.
            case recordInUse(author: String, timeMilliseconds: Int64)
            /// The entry made the collection, and records are in it that stay.
            case collectionInUse
            case recordDeleted
            /// The text of the former value is not here.
            case textMissing
            /// The field was purged since.
            case purged
        }

        public var id: RecordID
        public var kind: String
        public var field: String?
        public var reason: Reason
    }

    public var entry: LogEntry
    /// The entry that the undo wrote; nil if nothing was written.
    public var written: TransactionName?
    public var changes: [Change] = []
    public var left: [Left] = []
    /// First transactions of other entries that made some of the same versions, which are taken back too; a few of them.
    public var sharedWith: [HistoryEntry] = []

    static let mostShared = 5
}
