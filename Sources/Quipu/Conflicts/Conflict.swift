internal import QuipuStorage

/// A field with concurrent values, or a deleted record that was edited concurrently.
/// One value is current, the same on all mirrors; the others are kept until the conflict is settled.
///
///     for conflict in try archive.read({ try $0.conflicts() }) {
///         try archive.write { try $0.resolve(conflict, with: .merged) }
///     }
public struct Conflict: Sendable {
    /// One of the conflicting values.
    public struct Choice: Sendable {
        public let version: Version
        public let author: String
        /// Who had set the value, if an undo brought it back: then `author` is who undid.
        public let originalAuthor: String?
        /// Unix milliseconds.
        public let timeMilliseconds: Int64
        /// An import or a merge set it, not a person.
        public let isByProgram: Bool
        /// The record that it was set on: the conflict's record, or, for a deletion, one of its dependents.
        public let record: RecordID
        public let field: String
        /// Canonical JSON; nil if the text is not on this mirror.
        public let json: [UInt8]?

        /// Nil if the text is not on this mirror.
        public var value: Value? { json.flatMap { Value(json: $0) } }

        init(_ contender: Contender) {
            version = Version(contender.version)
            author = contender.author
            originalAuthor = contender.originalAuthor
            timeMilliseconds = contender.timeMilliseconds
            isByProgram = contender.isByProgram
            record = RecordID(contender.record, kind: contender.kind)
            field = contender.field
            json = contender.json
        }
    }

    public let record: RecordID
    /// `deleted` for a deletion.
    public let field: String
    public let isDeletion: Bool
    /// The value that is shown.
    public let current: Choice
    public let others: [Choice]
    /// The value that all of them replaced, if there is exactly one.
    public let ancestor: Choice?
    private let box: Boxed<QuipuStorage.Conflict>
    var stored: QuipuStorage.Conflict { box.value }

    init(_ conflict: QuipuStorage.Conflict) {
        record = RecordID(conflict.id, kind: conflict.kind)
        field = conflict.field
        isDeletion = conflict.isDeletion
        current = Choice(conflict.current)
        others = conflict.others.map { Choice($0) }
        ancestor = conflict.ancestor.map { Choice($0) }
        box = Boxed(conflict)
    }

    /// Whether `Resolution.both` can settle it: two texts of prose can stand one after the other, but names, titles,
    /// addresses, dates and references cannot.
    public var isJoinable: Bool {
        if isDeletion { return false }
        return isProse && field != "title"
            && ([current] + others).allSatisfy { $0.json?.first == UInt8(ascii: "\"") }
    }
}

/// A way to settle a conflict. It is written as an ordinary edit, which settles the conflict on all mirrors.
public enum Resolution: Sendable, Equatable {
    /// The current value; for a deletion: the record stays deleted.
    case current
    /// One of the others, from 0; for a deletion: the record is restored.
    case other(Int)
    /// All texts, one after the other.
    case both
    /// One text with the changes of both.
    case merged
    case value(Value)
}
