internal import QuipuCausality
internal import QuipuStorage

/// The result of an undo, or of its preview.
public struct UndoReport: Sendable {
    /// What happened to a field, or to a whole record.
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
            /// It was in conflict with another value, which is the only one now.
            case gaveWay
        }

        public let record: RecordID
        /// Nil for the whole record.
        public let field: String?
        public let effect: Effect
    }

    /// A change that was not undone, and the reason.
    public struct Left: Sendable {
        public enum Reason: Sendable, Equatable {
            /// The value was changed since, by whom and when (Unix milliseconds).
            case changed(author: String, timeMilliseconds: Int64)
            /// The entry made the record, and somebody wrote in it, or in what belongs to it, since.
            case recordInUse(author: String, timeMilliseconds: Int64)
            /// The entry made the collection, and records are in it that stay.
            case collectionInUse
            case recordDeleted
            /// The text of the former value is not on this mirror.
            case textMissing
            case purged
        }

        public let record: RecordID
        /// Nil for the whole record.
        public let field: String?
        public let reason: Reason
    }

    /// Another entry that made some of the same versions, as when two people import one file. It is undone to that extent.
    public struct Shared: Sendable {
        public let version: Version
        public let author: String
        /// Unix milliseconds.
        public let timeMilliseconds: Int64
    }

    /// The entry that was undone.
    public let entry: LogEntry
    /// The entry that the undo wrote; nil if nothing was written.
    public let version: Version?
    public let changes: [Change]
    public let left: [Left]
    /// The first few.
    public let sharedWith: [Shared]

    init(_ report: QuipuStorage.UndoReport, entry: LogEntry) {
        self.entry = entry
        version = report.written.map { Version($0) }
        changes = report.changes.map {
            Change(record: RecordID($0.id, kind: $0.kind), field: $0.field, effect: .init($0.effect))
        }
        left = report.left.map {
            Left(record: RecordID($0.id, kind: $0.kind), field: $0.field, reason: .init($0.reason))
        }
        sharedWith = report.sharedWith.map {
            Shared(version: Version($0.version), author: $0.author, timeMilliseconds: $0.timeMilliseconds)
        }
    }
}

extension Archive {
    /// Takes an entry of the log back. Replaced values come back in every field that still has the entry's value; a record that
    /// the entry made is deleted. Values that others have changed since are left, and reported. An undo is an entry itself:
    /// undoing it redoes the entry that it took back.
    ///
    ///     if let last = try archive.read({ try $0.lastOwnEntry() }) {
    ///         for left in try archive.undo(last).left { print(left.record, left.field ?? "") }
    ///     }
    ///
    /// - Throws: `purged` for a purge, which cannot be undone.
    @discardableResult
    public func undo(_ entry: LogEntry) throws(QuipuError) -> UndoReport {
        try requireAuthor()
        return try QuipuError.presenting {
            try stores.with { store in
                let report = try store.undo(entry.stored, words: entry.wordsOfUndo, author: author)
                return UndoReport(report, entry: entry)
            }
        }
    }

    /// Reports what an undo would do, and writes nothing.
    ///
    ///     let left = try archive.previewUndo(of: entry).left
    ///
    /// - Throws: `purged` for a purge, which cannot be undone.
    public func previewUndo(of entry: LogEntry) throws(QuipuError) -> UndoReport {
        try QuipuError.presenting {
            try stores.with { UndoReport(try $0.previewUndo(of: entry.stored), entry: entry) }
        }
    }
}

extension LogEntry {
    /// What an undo of it says in the log: `undo tag +river`, and for an undo of that `redo tag +river`.
    var wordsOfUndo: String {
        let verb = role == .undo ? "redo" : "undo"
        guard let words else { return "\(verb) \(version.short)" }
        let verbs = role == .command ? [] : ["undo ", "redo "]
        let rest = verbs.first { words.hasPrefix($0) }.map { words.dropFirst($0.count) } ?? words[...]
        return "\(verb) \(rest)"
    }
}

extension UndoReport.Change.Effect {
    fileprivate init(_ effect: QuipuStorage.UndoReport.Change.Effect) {
        switch effect {
        case .deletedRecord: self = .deletedRecord
        case .restoredRecord: self = .restoredRecord
        case .gaveBack: self = .gaveBack
        case .removedValue: self = .removedValue
        case .reopenedConflict(let values): self = .reopenedConflict(values: values)
        case .gaveWay: self = .gaveWay
        }
    }
}

extension UndoReport.Left.Reason {
    fileprivate init(_ reason: QuipuStorage.UndoReport.Left.Reason) {
        switch reason {
        case .changed(let author, let time): self = .changed(author: author, timeMilliseconds: time)
        case .recordInUse(let author, let time): self = .recordInUse(author: author, timeMilliseconds: time)
        case .collectionInUse: self = .collectionInUse
        case .recordDeleted: self = .recordDeleted
        case .textMissing: self = .textMissing
        case .purged: self = .purged
        }
    }
}
