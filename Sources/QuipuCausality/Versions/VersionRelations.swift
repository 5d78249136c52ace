/// Relations among the versions of a field, for the merge rule, cached so that each version is examined a few times
/// in all instead of once for each later one. Versions are identified by their index; each comes after what it
/// replaces.
struct VersionRelations: Sendable {
    private var parents: [[Int]] = []
    private var byValue: [ValueHash: [Int]] = [:]
    /// Whether another version replaces it directly.
    private var isNamed: [Bool] = []
    /// Whether a version made by hand replaces it, directly or through others.
    private var isBehindHand: [Bool] = []
    /// Indexes that the current traversal has visited.
    private var walked: [UInt32] = []
    private var walk: UInt32 = 0

    init(of versions: [Version], index: [VersionKey: Int]) {
        for version in versions {
            let parents = version.replaces.compactMap { index[$0] }
            if version.isByHand { _ = cover(parents) }
            append(version, over: parents)
        }
    }

    /// Adds a version. Pass one made by hand to `alsoReplaced` first.
    mutating func append(_ version: Version, over parents: [Int]) {
        byValue[version.value, default: []].append(self.parents.count)
        for parent in parents { isNamed[parent] = true }
        self.parents.append(parents)
        isNamed.append(false)
        isBehindHand.append(false)
        walked.append(0)
    }

    /// Of some heads made by the program, those that a new version made by hand replaces without naming them.
    mutating func alsoReplaced(byHandOver parents: [Int], heads: [Int], of versions: [Version]) -> [Int] {
        var found: Set<Int> = []
        // A value that an earlier version by hand replaced was compared with these heads then.
        for old in cover(parents) where !heads.isEmpty {
            for place in byValue[versions[old].value] ?? [] where place != old {
                let other = versions[place]
                if other.isHead, other.isImport, !isBehind(old, place) { found.insert(place) }
            }
        }
        let merges = heads.filter { versions[$0].isMerge }
        if !merges.isEmpty {
            passOver(parents, downTo: merges.flatMap { self.parents[$0] }.min() ?? 0)
            found.formUnion(merges.filter { self.parents[$0].allSatisfy { walked[$0] == walk } })
        }
        return found.subtracting(parents).sorted()
    }

    /// Whether some version made by hand replaces a new version of the program, which no version names yet.
    mutating func isReplaced(_ version: Version, over parents: [Int], of versions: [Version]) -> Bool {
        if version.isMerge {
            // All sources of a merge can only be replaced if each of them is.
            if parents.contains(where: { !isNamed[$0] }) { return false }
            let least = parents.min() ?? 0
            for place in versions.indices.reversed()
            where versions[place].isByHand && !isBehindHand[place] && place > least {
                passOver(self.parents[place], downTo: least)
                if parents.allSatisfy({ walked[$0] == walk }) { return true }
            }
            return false
        }
        let candidates = (byValue[version.value] ?? []).filter { isBehindHand[$0] }
        guard let least = candidates.first else { return false }
        passOver(parents, downTo: least)
        return candidates.contains { walked[$0] != walk }
    }

    /// Marks the versions that a version by hand replaces.
    /// - Returns: those that none had replaced before.
    private mutating func cover(_ parents: [Int]) -> [Int] {
        var found: [Int] = []
        var open = parents
        while let place = open.popLast() {
            if isBehindHand[place] { continue }
            isBehindHand[place] = true
            found.append(place)
            open += self.parents[place]
        }
        return found
    }

    private mutating func isBehind(_ old: Int, _ place: Int) -> Bool {
        if parents[place].contains(old) { return true }
        if !isNamed[old] { return false }
        passOver(parents[place], downTo: old)
        return walked[old] == walk
    }

    /// Visits some indexes, and everything that they replace from a given index on.
    private mutating func passOver(_ places: [Int], downTo least: Int) {
        walk += 1
        var open = places.filter { $0 >= least }
        while let place = open.popLast() {
            if walked[place] == walk { continue }
            walked[place] = walk
            open += parents[place].filter { $0 >= least }
        }
    }
}
