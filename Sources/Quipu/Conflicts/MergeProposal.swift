internal import QuipuCanonicalJSON
internal import QuipuStorage

/// The result of a three-way merge of the two texts of a conflict and their ancestor.
public enum MergeProposal: Sendable, Equatable {
    /// The text with both changes.
    case text(String)
    case impossible(MergeObstacle)

    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    public var obstacle: MergeObstacle? {
        if case .impossible(let obstacle) = self { obstacle } else { nil }
    }

    init(_ proposal: QuipuStorage.MergeProposal) {
        self =
            switch proposal {
            case .text(let json): .text(decodeString(json) ?? "")
            case .impossible(let obstacle): .impossible(MergeObstacle(rawValue: obstacle.rawValue))
            }
    }
}

/// Why texts cannot be merged: a stable word that programs can rely on.
public struct MergeObstacle: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The conflict is over a deletion, or the record is deleted.
    public static let deleted = MergeObstacle(rawValue: "deleted")
    /// The field holds a name, an address or a date, not prose.
    public static let notProse = MergeObstacle(rawValue: "not-prose")
    /// A value, or the one before, is not text.
    public static let notText = MergeObstacle(rawValue: "not-text")
    /// There are not exactly two versions.
    public static let notTwo = MergeObstacle(rawValue: "not-two")
    /// The two have no single common ancestor.
    public static let noAncestor = MergeObstacle(rawValue: "no-ancestor")
    /// The text of a version or of their ancestor is not on this mirror.
    public static let textMissing = MergeObstacle(rawValue: "text-missing")
    public static let tooLong = MergeObstacle(rawValue: "too-long")
    /// Both changed the same words, or neighbouring ones.
    public static let overlapping = MergeObstacle(rawValue: "overlapping")
    /// libgit2 is not installed on this machine.
    public static let unavailable = MergeObstacle(rawValue: "unavailable")
}
