internal import QuipuStorage

/// A field that people gave different values without knowing of each other, or a deleted record that others edited.
/// One value is shown, everywhere the same; the others are kept until somebody settles it.
///
///     for conflict in try archive.read({ try $0.conflicts() }) {
///         try archive.write { try $0.resolve(conflict, with: .merged) }
///     }
public struct Conflict: Sendable {
    /// One of the values that stand against each other.
    public struct Choice: Sendable {
        public let version: Version
        public let author: String
        /// Unix milliseconds.
        public let timeMilliseconds: Int64
        /// An import or a merge gave it, and no person.
        public let isByProgram: Bool
        /// What it was given to: the conflict's record, or of a deletion something that belongs to that.
        public let record: RecordID
        public let field: String
        /// Canonical JSON; nil where the text is not on this mirror.
        public let json: [UInt8]?

        /// Nil where the text is not on this mirror.
        public var value: Value? { json.flatMap { Value(json: $0) } }

        init(_ contender: Contender) {
            version = Version(contender.version)
            author = contender.author
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
    /// What is shown.
    public let current: Choice
    public let others: [Choice]
    /// What all of them replaced, where that is one value.
    public let ancestor: Choice?
    let stored: QuipuStorage.Conflict

    init(_ conflict: QuipuStorage.Conflict) {
        record = RecordID(conflict.id, kind: conflict.kind)
        field = conflict.field
        isDeletion = conflict.isDeletion
        current = Choice(conflict.current)
        others = conflict.others.map { Choice($0) }
        ancestor = conflict.ancestor.map { Choice($0) }
        stored = conflict
    }

    /// Whether `Resolution.both` can settle it: only texts that are no names, dates or references make sense one after the
    /// other.
    public var isJoinable: Bool {
        if isDeletion { return false }
        let type = Kinds.known[record.kind.rawValue]?[field]?.type
        return (type == .text || type == .textOrList || type == nil)
            && ([current] + others).allSatisfy { $0.json?.first == UInt8(ascii: "\"") }
    }
}

/// How a conflict is settled. The choice is an ordinary edit, which settles it on all mirrors.
public enum Resolution: Sendable, Equatable {
    /// What is shown; of a deletion: the record stays deleted.
    case current
    /// One of the others, from 0; of a deletion: the record comes back.
    case other(Int)
    /// All texts, one after the other.
    case both
    /// One text with the changes of both.
    case merged
    case value(Value)
}
