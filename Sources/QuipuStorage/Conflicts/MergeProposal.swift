internal import QuipuCanonicalJSON
internal import QuipuCausality

/// The result of a three-way merge of the texts of a conflict.
public enum MergeProposal: Sendable, Equatable {
    /// Canonical JSON of the text with both changes.
    case text([UInt8])
    case impossible(MergeObstacle)
}

/// Why texts are not merged. The raw values are stable words, which programs may rely on.
public enum MergeObstacle: String, Sendable {
    /// The conflict is over a deletion, or the record is deleted.
    case deleted
    /// The field holds a name, an address or a date, not prose.
    case notProse = "not-prose"
    /// A value, or the one before, is not text.
    case notText = "not-text"
    /// There are not exactly two versions.
    case notTwo = "not-two"
    /// The versions have no nearest common ancestor, or several.
    case noAncestor = "no-ancestor"
    /// The text of a version or of their ancestor was dropped, or has not arrived.
    case textMissing = "text-missing"
    case tooLong = "too-long"
    /// Both changed the same words, or neighbouring ones.
    case overlapping
    /// There is no libgit2 on this machine.
    case unavailable
}

extension Merging {
    /// Merges the two versions of a conflict over prose, from any authors: the text is only proposed, and who
    /// takes it makes it a version by hand. What is merged without asking is stricter (`mergeByPolicy`).
    public func proposal(of conflict: Conflict) throws -> MergeProposal {
        if conflict.isDeletion { return .impossible(.deleted) }
        // Values of records that were merged have nothing in common before them.
        if ([conflict.current] + conflict.others).contains(where: { $0.record != conflict.id }) {
            let isProse = Kinds.known[conflict.kind]?[conflict.field]?.isProse == true
            return .impossible(!isProse ? .notProse : conflict.others.count > 1 ? .notTwo : .noAncestor)
        }
        guard let record = try recordStates.record(conflict.id, kind: conflict.kind),
            let row = try interning.knownNameRow(conflict.field, in: database)
        else { return .impossible(.notTwo) }
        let versions = try recordStates.versions(of: conflict.field, row: row, in: record).versions
        return try proposal(of: versions, field: conflict.field, in: record)
    }

    func proposal(of versions: FieldVersions, field: String, in record: RecordState) throws
        -> MergeProposal
    {
        guard Kinds.known[record.kind]?[field]?.isProse == true else { return .impossible(.notProse) }
        if record.flags.contains(.isDeleted) { return .impossible(.deleted) }
        // Twins must be equal: every replica gives the merge the same two in the same order.
        let heads = versions.heads.sorted { $0.key < $1.key }
        guard heads.count == 2, versions.isInConflict else { return .impossible(.notTwo) }
        let ancestors = versions.nearestCommonAncestors(
            heads[0], heads[1], try reopenedVersions(in: versions))
        guard ancestors.count == 1 else { return .impossible(.noAncestor) }
        // What was purged is never merged, wherever its text may still be.
        if versions.forgottenValues.contains(ancestors[0].value) { return .impossible(.textMissing) }
        var texts: [String] = []
        for version in ancestors + heads {
            guard
                let json = try recordStates.text(
                    of: version, visible: versions.visible, field: field, in: record)
            else { return .impossible(.textMissing) }
            guard let text = decodeString(json) else { return .impossible(.notText) }
            texts.append(text)
        }
        switch ThreeWayMerge.merge(base: texts[0], texts[1], texts[2]) {
        case .merged(let text): return .text(canonicalString(text))
        case .overlapping: return .impossible(.overlapping)
        case .tooLong: return .impossible(.tooLong)
        case .unavailable: return .impossible(.unavailable)
        }
    }
}
