/// All versions of one field, and the merge rule: which of them are heads, and which head is visible.
///
/// Heads are a function of the set of versions alone. They are kept incrementally; `recomputedHeads` derives
/// them from nothing, and tests hold one against the other.
public struct FieldVersions: Sendable, Equatable {
    public private(set) var versions: [Version] = []
    private var index: [VersionKey: Int] = [:]

    public init() {}

    /// Takes up versions that are known already, as the store kept them, heads included.
    public init(stored: [Version]) {
        for version in stored {
            if let known = index[version.key] {
                for member in version.members { versions[known].join(member) }
            } else {
                index[version.key] = versions.count
                versions.append(version)
            }
        }
    }

    public subscript(key: VersionKey) -> Version? { index[key].map { versions[$0] } }

    public var heads: [Version] { versions.filter(\.isHead) }

    /// The heads, the visible one first.
    public var rankedHeads: [Version] { heads.sorted { Version.ranksBelow($1, $0) } }

    /// The head that is shown.
    public var visible: Version? { heads.max(by: Version.ranksBelow) }

    /// Several heads with different values.
    public var isInConflict: Bool {
        guard let first = versions.first(where: \.isHead) else { return false }
        return versions.contains { $0.isHead && $0.value != first.value }
    }

    /// The version that the transaction at a log position made.
    public func version(at position: Int64) -> Version? {
        versions.first { version in version.members.contains { $0.position == position } }
    }

    /// Adds a version, or a member to the version that it is a twin of.
    ///
    /// - Returns: the keys that became and that ceased to be heads; both empty for a twin.
    @discardableResult
    public mutating func insert(_ version: Version) -> (gained: [VersionKey], lost: [VersionKey]) {
        if let known = index[version.key] {
            for member in version.members { versions[known].join(member) }
            return ([], [])
        }
        var added = version
        var lost: [VersionKey] = []
        for position in versions.indices where versions[position].isHead {
            let head = versions[position]
            // A past is as long as the history; most edits replace by name and need none.
            if added.replaces.contains(head.key) || alsoReplaces(added, past: past(of: added), head) {
                versions[position].isHead = false
                lost.append(head.key)
            }
        }
        // Nothing replaces a new hand edit, or an import whose value the field never had and that was not purged.
        let canBeReplaced =
            added.isMerge || added.isImport && versions.contains { $0.isPurge || $0.value == added.value }
        added.isHead =
            !canBeReplaced || !versions.contains { alsoReplaces($0, past: past(of: $0), added) }
        index[added.key] = versions.count
        versions.append(added)
        return (added.isHead ? [added.key] : [], lost)
    }

    /// Everything a version replaces, directly or through others.
    public func past(of version: Version) -> Set<VersionKey> {
        var found: Set<VersionKey> = []
        var open = version.replaces
        while let key = open.popLast() {
            if found.insert(key).inserted, let known = self[key] { open += known.replaces }
        }
        return found
    }

    /// What a version made by hand replaces without naming it: a merge all of whose sources it replaces; an import
    /// that brings a value which it has replaced already, unless that value is behind the import; and, if it is a
    /// purge, every import.
    private func alsoReplaces(_ version: Version, past: @autoclosure () -> Set<VersionKey>, _ other: Version)
        -> Bool
    {
        guard version.isByHand, !other.isByHand, version.key != other.key else { return false }
        if other.isMerge {
            let past = past()
            return other.replaces.allSatisfy { past.contains($0) }
        }
        if version.isPurge { return true }
        // Most histories have no second version with that value, and then need no search of the past.
        let sameValue = versions.filter { $0.value == other.value && $0.key != other.key }
        if sameValue.isEmpty { return false }
        let mine = past()
        let candidates = sameValue.filter { mine.contains($0.key) }
        if candidates.isEmpty { return false }
        let behind = self.past(of: other)
        return candidates.contains { !behind.contains($0.key) }
    }

    /// The heads derived from the set of versions alone, in no particular order.
    public func recomputedHeads() -> Set<VersionKey> {
        var replaced: Set<VersionKey> = []
        for version in versions { replaced.formUnion(version.replaces) }
        return Set(
            versions.filter { version in
                !replaced.contains(version.key)
                    && !versions.contains { alsoReplaces($0, past: past(of: $0), version) }
            }.map(\.key))
    }

    /// The imported versions that no import replaces: what an import compares its source with.
    public var importFrontier: [Version] {
        let imports = versions.filter(\.isImport)
        let replaced = Set(imports.flatMap(\.replaces))
        return imports.filter { !replaced.contains($0.key) }
    }

    /// The versions that both replace, directly or through others, and that no other such version replaces.
    public func nearestCommonAncestors(_ first: Version, _ second: Version) -> [Version] {
        let common = past(of: first).intersection(past(of: second))
        let further = common.reduce(into: Set<VersionKey>()) { set, key in
            if let version = self[key] { set.formUnion(past(of: version)) }
        }
        return common.subtracting(further).sorted().compactMap { self[$0] }
    }
}
