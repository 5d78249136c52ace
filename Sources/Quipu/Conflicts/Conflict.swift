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
        /// Nil where the text is not on this mirror.
        public let value: Value?

        init(_ contender: Contender) {
            version = Version(contender.version)
            author = contender.author
            timeMilliseconds = contender.timeMilliseconds
            isByProgram = contender.isByProgram
            value = contender.json.flatMap { Value(json: $0) }
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
}

/// How a conflict is settled. The choice is an ordinary edit, which settles it on all mirrors.
public enum Resolution: Sendable {
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
