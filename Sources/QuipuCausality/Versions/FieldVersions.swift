/// All versions of one field, and the merge rule: which of them are heads, and which head is visible.
///
/// Heads are a function of the set of versions alone. They are maintained incrementally; `recomputedHeads` computes
/// them from scratch, and tests compare the two. The cost of adding a version depends on what it replaces, not on the
/// number of heads or versions: a replica may create very many.
public struct FieldVersions: Sendable, Equatable {
    /// A version comes after all that it replaces.
    public private(set) var versions: [Version] = []
    private var index: [VersionKey: Int] = [:]
    /// The index of the version with a member at each log position.
    private var places: [Int64: Int] = [:]
    /// Ascending.
    private var headPlaces: [Int] = []
    /// The heads that the program made.
    private var programHeadPlaces: [Int] = []
    /// The number of heads with each value.
    private var headCounts: [ValueHash: Int] = [:]
    private var visiblePlace: Int?
    /// Whether the field was ever purged.
    public private(set) var isPurged = false
    /// Nil until a version is added.
    private var relations: VersionRelations?

    public init() {}

    /// Restores versions and heads as the store kept them.
    public init(stored: [Version]) {
        for version in stored {
            if let known = index[version.key] {
                join(version, to: known)
            } else {
                append(version)
            }
        }
        visiblePlace = greatestHead
    }

    public static func == (left: FieldVersions, right: FieldVersions) -> Bool {
        left.versions == right.versions
    }

    public subscript(key: VersionKey) -> Version? { index[key].map { versions[$0] } }

    public var heads: [Version] { headPlaces.map { versions[$0] } }

    /// The heads, the visible one first.
    public var rankedHeads: [Version] { heads.sorted { Version.ranksBelow($1, $0) } }

    /// The visible head.
    public var visible: Version? { visiblePlace.map { versions[$0] } }

    private var greatestHead: Int? {
        headPlaces.max { Version.ranksBelow(versions[$0], versions[$1]) }
    }

    /// Whether there are heads with different values.
    public var isInConflict: Bool { headCounts.count > 1 }

    /// The distinct values of the heads, in no particular order.
    public var headValues: some Collection<ValueHash> { headCounts.keys }

    /// Whether a head has a value.
    public func hasHead(of value: ValueHash) -> Bool { headCounts[value] != nil }

    /// The version that the transaction at a log position made.
    public func version(at position: Int64) -> Version? { places[position].map { versions[$0] } }

    /// Adds a version, or adds its member to an equal version (a twin).
    ///
    /// - Returns: the keys that became heads and those that ceased to be heads; both empty for a twin.
    @discardableResult
    public mutating func insert(_ version: Version) -> (gained: [VersionKey], lost: [VersionKey]) {
        if let known = index[version.key] {
            join(version, to: known)
            // Its representative may have changed.
            if versions[known].isHead { visiblePlace = greatestHead }
            return ([], [])
        }
        var relations = relations.take() ?? VersionRelations(of: versions, index: index)
        let parents = version.replaces.compactMap { index[$0] }
        var lost = parents.filter { versions[$0].isHead }
        var added = version
        if added.isByHand {
            lost += relations.alsoReplaced(
                byHandOver: parents, heads: programHeadPlaces, of: versions)
            if added.isPurge {
                lost += programHeadPlaces.filter { versions[$0].isImport }
                lost = Array(Set(lost))
            }
            // Nothing replaces a new edit by hand.
            added.isHead = true
        } else {
            // A purge replaces every import, also later ones.
            added.isHead =
                !(isPurged && added.isImport) && !relations.isReplaced(added, over: parents, of: versions)
        }
        lost.sort()
        dropHeads(at: lost)
        relations.append(added, over: parents)
        self.relations = relations
        append(added)
        if let place = visiblePlace, versions[place].isHead {
            if added.isHead, Version.ranksBelow(versions[place], added) { visiblePlace = versions.count - 1 }
        } else {
            visiblePlace = greatestHead
        }
        return (added.isHead ? [added.key] : [], lost.map { versions[$0].key })
    }

    private mutating func append(_ version: Version) {
        index[version.key] = versions.count
        if version.isPurge { isPurged = true }
        for member in version.members { places[member.position] = versions.count }
        if version.isHead {
            headPlaces.append(versions.count)
            if !version.isByHand { programHeadPlaces.append(versions.count) }
            headCounts[version.value, default: 0] += 1
        }
        versions.append(version)
    }

    private mutating func dropHeads(at places: [Int]) {
        if places.isEmpty { return }
        for place in places {
            versions[place].isHead = false
            let value = versions[place].value
            headCounts[value] = headCounts[value].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
        headPlaces.removeAll { !versions[$0].isHead }
        programHeadPlaces.removeAll { !versions[$0].isHead }
    }

    private mutating func join(_ twin: Version, to known: Int) {
        for member in twin.members where places.updateValue(known, forKey: member.position) == nil {
            versions[known].join(member)
        }
    }

    /// All versions that a version replaces, directly or through others.
    public func past(of version: Version) -> Set<VersionKey> { past(of: [version]) }

    /// All versions that any of several versions replaces, directly or through others.
    public func past(of versions: some Sequence<Version>) -> Set<VersionKey> {
        var found: Set<VersionKey> = []
        var open = versions.flatMap(\.replaces)
        while let key = open.popLast() {
            if found.insert(key).inserted, let known = self[key] { open += known.replaces }
        }
        return found
    }

    /// Whether a version with these replaced versions also replaces another one, directly or through them.
    public func isReached(_ other: Version, from replaced: some Sequence<Version>) -> Bool {
        guard let target = index[other.key] else { return false }
        var found: Set<Int> = []
        var open = replaced.compactMap { index[$0.key] }
        while let place = open.popLast() {
            if place == target { return true }
            // What a version replaces comes before it.
            if place > target, found.insert(place).inserted {
                open += versions[place].replaces.compactMap { index[$0] }
            }
        }
        return false
    }

    /// What a version made by hand replaces without naming it: a merge whose sources it replaces all; an import with
    /// a value that it has already replaced, unless that import replaces that value; and, if it is a purge, every
    /// import.
    func alsoReplaces(_ version: Version, _ other: Version) -> Bool {
        guard version.isByHand, !other.isByHand, version.key != other.key else { return false }
        let mine = past(of: version)
        if other.isMerge { return other.replaces.allSatisfy { mine.contains($0) } }
        if version.isPurge { return true }
        let candidates = versions.filter {
            $0.value == other.value && $0.key != other.key && mine.contains($0.key)
        }
        if candidates.isEmpty { return false }
        let behind = past(of: other)
        return candidates.contains { !behind.contains($0.key) }
    }

    /// The heads, computed from the set of versions alone, in no particular order.
    public func recomputedHeads() -> Set<VersionKey> {
        var replaced: Set<VersionKey> = []
        for version in versions { replaced.formUnion(version.replaces) }
        return Set(
            versions.filter { version in
                !replaced.contains(version.key) && !versions.contains { alsoReplaces($0, version) }
            }.map(\.key))
    }

    /// The heads that result from adding all versions in their order.
    public var headsFromNothing: [VersionKey] {
        var fresh = FieldVersions()
        for var version in versions {
            version.isHead = false
            fresh.insert(version)
        }
        return fresh.heads.map(\.key)
    }

    /// The imported versions that no import replaces: an import compares its source with these.
    public var importFrontier: [Version] {
        let imports = versions.filter(\.isImport)
        let replaced = Set(imports.flatMap(\.replaces))
        return imports.filter { !replaced.contains($0.key) }
    }

    /// The latest versions that both replace, directly or through others: no other such version replaces them.
    ///
    /// What an undo gave back when it opened a conflict again comes from what it stands for, not from the version that
    /// had settled the conflict.
    public func nearestCommonAncestors(
        _ first: Version, _ second: Version, _ originals: UndoOriginals = UndoOriginals()
    ) -> [Version] {
        let parents = versions.map { (originals.origin(of: $0.key) ?? $0.replaces).compactMap { index[$0] } }
        func past(of version: Version) -> [Bool] {
            var marked = [Bool](repeating: false, count: versions.count)
            var open = index[version.key].map { parents[$0] } ?? []
            while let place = open.popLast() {
                if marked[place] { continue }
                marked[place] = true
                open += parents[place]
            }
            return marked
        }
        let (one, other) = (past(of: first), past(of: second))
        var found: [VersionKey] = []
        // Later versions were examined first: each has removed what it replaces from the common ones.
        var isBehind = [Bool](repeating: false, count: versions.count)
        for place in versions.indices.reversed() where one[place] && other[place] {
            if !isBehind[place] { found.append(versions[place].key) }
            for parent in parents[place] { isBehind[parent] = true }
        }
        return found.sorted().compactMap { self[$0] }
    }
}
