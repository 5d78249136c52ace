internal import Quipu

/// The names of kinds as people type them.
enum KindName {
    static var all: String { RecordKind.known.map(\.rawValue).joined(separator: ", ") }

    /// What to say to the name of a kind that there is not.
    static func unknown(_ kind: RecordKind, among kinds: [RecordKind]) -> QuipuError {
        let near = Suggestion.closest(to: kind.rawValue, among: kinds.map(\.rawValue))
        return QuipuError(
            .unknownKind, "there is no kind '\(kind)'",
            hint: near.map { "did you mean '\($0)'?" } ?? "kinds are: \(all)")
    }
}
