internal import CanonicalJSON
internal import Causality
internal import Storage

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
    func value(for conflict: Conflict, in store: Store) throws -> [UInt8] {
        switch self {
        case .current: return try Self.text(conflict.current, of: conflict)
        case .other(let number): return try Self.text(try Self.contender(number, of: conflict), of: conflict)
        case .both:
            guard Self.canJoin(conflict) else {
                throw UsageError(
                    "'\(conflict.field)' holds no texts that could be joined",
                    hint: "take one of them, or give it another value: --value TEXT")
            }
            let texts = try ([conflict.current] + conflict.others).map {
                decodeString(try Self.text($0, of: conflict)) ?? ""
            }
            let json = canonicalString(texts.joined(separator: "\n\n"))
            try Kinds.checkBounds(field: conflict.field, json: json)
            return json
        case .merged:
            switch try store.proposedMerge(of: conflict) {
            case .text(let json): return json
            case .impossible(let obstacle):
                throw StorageError(
                    .notMergeable,
                    "the versions of '\(conflict.field)' cannot be merged: \(obstacle.reason)",
                    hint: "take one of them, or give the field another value: --value TEXT")
            }
        case .value(let word):
            let kind = Kinds.known[conflict.kind]
            let type = kind?[String(conflict.field.prefix { $0 != "/" })]?.type ?? .unknown
            guard let json = type.json(ofWord: word) else {
                throw type.refusal(of: word, field: conflict.field)
            }
            try kind?.check(field: conflict.field, json: json)
            return json
        }
    }

    /// The contender that a number stands for.
    static func contender(_ number: Int, of conflict: Conflict) throws(UsageError) -> Contender {
        guard conflict.others.indices.contains(number - 1) else {
            let most = conflict.others.count
            throw UsageError(
                "the conflict over '\(conflict.field)' has no value number \(number)",
                hint: most == 1 ? "give current or 1" : "give current, or a number from 1 to \(most)")
        }
        return conflict.others[number - 1]
    }

    /// Only texts that are no names, dates or references make sense one after the other.
    static func canJoin(_ conflict: Conflict) -> Bool {
        if conflict.isDeletion { return false }
        let type = Kinds.known[conflict.kind]?[conflict.field]?.type
        let contenders = [conflict.current] + conflict.others
        return (type == .text || type == .textOrList || type == nil)
            && contenders.allSatisfy { $0.json?.first == UInt8(ascii: "\"") }
    }

    private static func text(_ contender: Contender, of conflict: Conflict) throws -> [UInt8] {
        if let json = contender.json { return json }
        throw StorageError(
            .textMissing, "the text of \(contender.version.shortText) is not here yet",
            hint: "sync to get it, or give '\(conflict.field)' another value: --value TEXT")
    }
}
