internal import Quipu
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// How a person settles a conflict.
enum Resolution: Equatable, Sendable {
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

    /// The value that this gives the field.
    /// - Returns: canonical JSON.
    /// - Throws: `UsageError` for a choice that the conflict does not offer, `StorageError` for a value that
    ///   the field does not take, texts that cannot be merged, or a text that is not here.
    func value(for conflict: QuipuStorage.Conflict, in store: Store) throws -> [UInt8] {
        let choice: Settlement.Choice
        switch self {
        case .current: choice = .current
        case .other(let number):
            // Said here by the number that was typed.
            try Self.requireOther(number, of: conflict)
            choice = .other(number - 1)
        case .both: choice = .both
        case .merged: choice = .merged
        case .value(let word):
            let kind = Kinds.known[conflict.kind]
            let type = kind?[String(conflict.field.prefix { $0 != "/" })]?.type ?? .unknown
            guard let json = type.json(ofWord: word) else {
                throw type.refusal(of: word, field: conflict.field)
            }
            try kind?.check(field: conflict.field, json: json)
            return json
        }
        do {
            return try Settlement.value(choice, of: conflict, in: store)
        } catch let obstacle as Settlement.Obstacle {
            throw refusal(obstacle, of: conflict)
        }
    }

    private func refusal(_ obstacle: Settlement.Obstacle, of conflict: QuipuStorage.Conflict) -> any Error {
        switch obstacle {
        case .noSuchValue(let count): Self.absent(count + 1, of: conflict)
        case .notJoinable:
            UsageError(
                "'\(conflict.field)' holds no texts that could be joined",
                hint: "take one of them, or give it another value: --value TEXT")
        case .notMergeable(let obstacle):
            StorageError(
                .notMergeable,
                "the versions of '\(conflict.field)' cannot be merged: \(obstacle.reason)",
                hint: "take one of them, or give the field another value: --value TEXT")
        case .textMissing(let version):
            StorageError(
                .textMissing, "the text of \(version.shortText) is not here yet",
                hint: "sync to get it, or give '\(conflict.field)' another value: --value TEXT")
        }
    }

    /// - Throws: `UsageError` where the conflict has no other value of this number.
    static func requireOther(_ number: Int, of conflict: QuipuStorage.Conflict) throws(UsageError) {
        guard conflict.others.indices.contains(number - 1) else { throw absent(number, of: conflict) }
    }

    private static func absent(_ number: Int, of conflict: QuipuStorage.Conflict) -> UsageError {
        let most = conflict.others.count
        return UsageError(
            "the conflict over '\(conflict.field)' has no value number \(number)",
            hint: most == 1 ? "give current or 1" : "give current, or a number from 1 to \(most)")
    }
}
