internal import Quipu

/// How a person settles a conflict.
enum TypedResolution: Equatable, Sendable {
    case current
    /// One of the others, counted from 1.
    case other(Int)
    /// All texts, a blank line between.
    case both
    /// The text with both changes.
    case merged
    case value(String)

    /// What `--take` says.
    init?(taking word: String) {
        switch word {
        case "current": self = .current
        case "both": self = .both
        case "merged": self = .merged
        default:
            guard let number = Int(word), number > 0 else { return nil }
            self = .other(number)
        }
    }

    /// The option of `quipu resolve` that says the same.
    var option: String {
        switch self {
        case .current: "--take current"
        case .other(let number): "--take \(number)"
        case .both: "--take both"
        case .merged: "--take merged"
        case .value(let word): "--value \(BundleText.quoted(TerminalSanitizer.line(word)))"
        }
    }

    /// The value that this gives the field.
    ///
    /// - Returns: canonical JSON.
    /// - Throws: `UsageError` for a choice that the conflict does not offer, `QuipuError` for a value that
    ///   the field does not take, texts that cannot be merged, or a text that is not here.
    func value(for conflict: Conflict, in t: borrowing Transaction) throws -> [UInt8] {
        let resolution: Resolution
        switch self {
        case .current: resolution = .current
        case .other(let number):
            // Said here by the number that was typed.
            try Self.requireOther(number, of: conflict)
            resolution = .other(number - 1)
        case .both: resolution = .both
        case .merged: resolution = .merged
        case .value(let word): return try t.value(ofWord: word, for: conflict)
        }
        do {
            return try t.value(resolution, of: conflict)
        } catch let obstacle as ResolutionObstacle {
            throw refusal(obstacle, of: conflict)
        }
    }

    private func refusal(_ obstacle: ResolutionObstacle, of conflict: Conflict) -> any Error {
        switch obstacle {
        case .noSuchValue(let count): Self.absent(count + 1, of: conflict)
        case .notJoinable:
            UsageError(
                "'\(TerminalSanitizer.line(conflict.field))' holds one value; only texts such as a body or a note can be "
                    + "taken both, one after the other",
                hint: "take one of them, or give it another value: --value TEXT")
        case .notMergeable(let obstacle):
            QuipuError(
                .notMergeable,
                "the versions of '\(conflict.field)' cannot be merged: \(obstacle.reason)",
                hint: "take one of them, or give the field another value: --value TEXT")
        case .textMissing(let version):
            QuipuError(
                .textMissing, "the text of \(version.short) is not here yet",
                hint: "sync to get it, or give '\(conflict.field)' another value: --value TEXT")
        }
    }

    /// - Throws: `UsageError` where the conflict has no other value of this number.
    static func requireOther(_ number: Int, of conflict: Conflict) throws(UsageError) {
        guard conflict.others.indices.contains(number - 1) else { throw absent(number, of: conflict) }
    }

    private static func absent(_ number: Int, of conflict: Conflict) -> UsageError {
        let most = conflict.others.count
        return UsageError(
            "the conflict over '\(conflict.field)' has no value number \(number)",
            hint: most == 1 ? "give current or 1" : "give current, or a number from 1 to \(most)")
    }
}
