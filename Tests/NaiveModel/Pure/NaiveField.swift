import QuipuCausality

/// The merge rule word for word as Schema/semantics.md#merging has it, over the set of all edits of one field.
///
/// It keeps nothing, knows no order and no keys, and shares no line with `FieldVersions`. Versions are numbers;
/// edits are numbers too.
struct NaiveField {
    let edits: [Edit]
    /// The edits that are each version.
    private(set) var members: [[Int]] = []
    private(set) var parents: [Set<Int>] = []
    private(set) var past: [Set<Int>] = []
    private(set) var versionOf: [ChainHash: Int] = [:]

    init(_ edits: some Sequence<Edit>) {
        self.edits = Array(edits)
        var place: [ChainHash: Int] = [:]
        for (number, edit) in self.edits.enumerated() { place[edit.chain] = number }
        var twins = Twins(edits: self.edits, place: place)
        for number in self.edits.indices {
            let known = members.firstIndex { twins.areOne(number, $0[0]) }
            if let known { members[known].append(number) } else { members.append([number]) }
            versionOf[self.edits[number].chain] = known ?? members.count - 1
        }
        parents = members.map { made in Set(self.edits[made[0]].replaces.compactMap { versionOf[$0] }) }
        past = parents.indices.map { behind($0) }
    }

    private func behind(_ version: Int) -> Set<Int> {
        var found: Set<Int> = []
        var open = Array(parents[version])
        while let next = open.popLast() { if found.insert(next).inserted { open += parents[next] } }
        return found
    }

    func value(_ version: Int) -> String { edits[members[version][0]].value }
    func isByHand(_ version: Int) -> Bool { edits[members[version][0]].isByHand }
    func isMerge(_ version: Int) -> Bool { !isByHand(version) && parents[version].contains { isByHand($0) } }
    func isImport(_ version: Int) -> Bool { !isByHand(version) && !isMerge(version) }
    func chains(_ version: Int) -> Set<ChainHash> { Set(members[version].map { edits[$0].chain }) }

    func replaces(_ version: Int, _ other: Int) -> Bool {
        if parents[version].contains(other) { return true }
        guard isByHand(version) else { return false }
        if isMerge(other) { return parents[other].isSubset(of: past[version]) }
        return isImport(other)
            && past[version].contains { value($0) == value(other) && !past[other].contains($0) }
    }

    var heads: [Int] {
        members.indices.filter { version in !members.indices.contains { replaces($0, version) } }
    }

    /// The twin that a version goes under.
    func representative(_ version: Int) -> Edit {
        members[version].map { edits[$0] }.min { ($0.stamp, $0.chain) < ($1.stamp, $1.chain) }!
    }

    var visible: Int? {
        let heads = heads
        let hands = heads.filter { isByHand($0) }
        return (hands.isEmpty ? heads : hands).max {
            let (left, right) = (representative($0), representative($1))
            return left.stamp != right.stamp ? left.stamp < right.stamp : left.chain < right.chain
        }
    }

    var isInConflict: Bool { Set(heads.map { value($0) }).count > 1 }

    /// The imported versions that no import replaces.
    var importFrontier: [Int] {
        let imports = members.indices.filter { isImport($0) }
        return imports.filter { version in !imports.contains { parents[$0].contains(version) } }
    }

    /// Common ancestors of which no other common ancestor is a descendant.
    func nearestCommonAncestors(_ first: Int, _ second: Int) -> Set<Int> {
        let common = past[first].intersection(past[second])
        return common.filter { old in !common.contains { past[$0].contains(old) } }
    }

    /// Heads with something made by hand in them that nobody who deleted has seen, be it by having seen it
    /// replaced.
    func unobservedHeads(observed: Set<ChainHash>) -> Set<Int> {
        let observedVersions = members.indices.filter { !chains($0).isDisjoint(with: observed) }
        func isSeen(_ version: Int) -> Bool {
            observedVersions.contains { $0 == version || past[$0].contains(version) }
        }
        return Set(
            heads.filter { head in
                if isByHand(head) { return !isSeen(head) }
                return isMerge(head) && !parents[head].allSatisfy { isSeen($0) }
            })
    }

    var summary: FieldSummary {
        FieldSummary(
            heads: Set(heads.map { chains($0) }), visible: visible.map { chains($0) } ?? [],
            isInConflict: isInConflict, importFrontier: Set(importFrontier.map { chains($0) }))
    }
}

/// Which edits are one version: by the program, the same value, replacing the same versions.
private struct Twins {
    let edits: [Edit]
    let place: [ChainHash: Int]
    private var known: [[Int]: Bool] = [:]

    init(edits: [Edit], place: [ChainHash: Int]) {
        self.edits = edits
        self.place = place
    }

    mutating func areOne(_ first: Int, _ second: Int) -> Bool {
        if first == second { return true }
        let (left, right) = (edits[first], edits[second])
        guard !left.isByHand, !right.isByHand, left.value == right.value else { return false }
        if let answer = known[[first, second]] { return answer }
        let answer = covers(left, right) && covers(right, left)
        known[[first, second]] = answer
        return answer
    }

    private mutating func covers(_ left: Edit, _ right: Edit) -> Bool {
        for one in left.replaces {
            var found = false
            for other in right.replaces where !found { found = areOne(place[one]!, place[other]!) }
            if !found { return false }
        }
        return true
    }
}
