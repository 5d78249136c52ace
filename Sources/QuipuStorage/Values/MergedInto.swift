/// The field by which an article says that it is the same as another one, under which it is shown.
enum MergedInto {
    static let field = "mergedInto"

    /// Whether records of a kind can be merged at all: those whose kind has the field. In others the field says nothing.
    static func isPossible(for kind: String) -> Bool { Kinds.known[kind]?[field] != nil }
}
