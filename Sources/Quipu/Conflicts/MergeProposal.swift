internal import QuipuCanonicalJSON
internal import QuipuStorage

/// What a merge of the two texts of a conflict comes to, over the text that both began with.
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

/// Why texts cannot be merged: a stable word, which programs may rely on.
public struct MergeObstacle: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The conflict is over a deletion, or the record is deleted.
    public static let deleted = MergeObstacle(rawValue: "deleted")
    /// The field holds a name, an address, a date: nothing that is made of parts.
    public static let notProse = MergeObstacle(rawValue: "not-prose")
    /// A value, or the one before, is no text.
    public static let notText = MergeObstacle(rawValue: "not-text")
    /// There are more than two versions, or by now only one.
    public static let notTwo = MergeObstacle(rawValue: "not-two")
    /// There is no single version that both began with.
    public static let noAncestor = MergeObstacle(rawValue: "no-ancestor")
    /// The text of a version or of their ancestor is not on this mirror.
    public static let textMissing = MergeObstacle(rawValue: "text-missing")
    public static let tooLong = MergeObstacle(rawValue: "too-long")
    /// Both changed the same words, or neighbouring ones.
    public static let overlapping = MergeObstacle(rawValue: "overlapping")
    /// libgit2 is not installed on this machine.
    public static let unavailable = MergeObstacle(rawValue: "unavailable")
}

extension Snapshot {
    /// Merges the two versions of a conflict over prose; `Resolution.merged` takes it.
    ///
    ///     if let text = try snapshot.mergeProposal(for: conflict).text { print(text) }
    public func mergeProposal(for conflict: Conflict) throws(QuipuError) -> MergeProposal {
        try QuipuError.presenting { MergeProposal(try store.merging.proposal(of: conflict.stored)) }
    }

    /// Visits open conflicts, in the order of the records, one at a time.
    ///
    /// - Parameters:
    ///   - id: of the record whose conflicts are wanted; nil for all.
    ///   - visit: false stops.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func forEachConflict(
        of id: RecordID? = nil, _ visit: (Conflict) throws -> Bool
    ) throws {
        try QuipuError.relaying {
            try store.forEachConflict(of: id?.stored, kind: id?.kind.rawValue) {
                try visit(Conflict($0))
            }
        }
    }

    /// How many conflicts are open.
    public func conflictCount() throws(QuipuError) -> Int {
        try QuipuError.presenting { try store.openConflicts }
    }
}
