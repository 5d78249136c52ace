import QuipuCausality

/// A replica's log of one field and its view of it, kept by the code under test.
struct FieldLog: Sendable {
    private(set) var log: [Edit] = []
    private(set) var field = FieldVersions()
    private(set) var digest = Digest()
    /// The heads as the changes reported by `insert` make them.
    private(set) var reportedHeads: Set<VersionKey> = []
    private var keys: [ChainHash: VersionKey] = [:]

    init(_ edits: some Sequence<Edit> = []) { for edit in edits { apply(edit) } }

    func holds(_ chain: ChainHash) -> Bool { keys[chain] != nil }
    func key(_ chain: ChainHash) -> VersionKey { keys[chain]! }

    /// Takes up an edit of which everything that it replaces is held; one that is held already changes nothing.
    mutating func apply(_ edit: Edit) {
        if holds(edit.chain) { return }
        log.append(edit)
        let version = version(of: edit, position: Int64(log.count))
        keys[edit.chain] = version.key
        let (gained, lost) = field.insert(version)
        for key in lost {
            reportedHeads.remove(key)
            digest.remove(term(key))
        }
        for key in gained {
            reportedHeads.insert(key)
            digest.add(term(key))
        }
    }

    mutating func merge(_ other: FieldLog) { for edit in other.log { apply(edit) } }

    /// What the store makes of a transaction's change of a field.
    func version(of edit: Edit, position: Int64) -> Version {
        let replaces = Set(edit.replaces.map { keys[$0]! }).sorted()
        let value = ValueHash(edit.value)
        let key =
            edit.isByHand
            ? VersionKey(byHand: edit.chain, record: Edit.record, kind: Edit.kind, field: Edit.field)
            : VersionKey(
                byProgram: value, record: Edit.record, kind: Edit.kind, field: Edit.field, replaces: replaces)
        return Version(
            key: key, value: value, isByHand: edit.isByHand,
            isMerge: !edit.isByHand && replaces.contains { field[$0]!.isByHand }, replaces: replaces,
            member: Version.Member(position: position, chain: edit.chain, stamp: edit.stamp), isHead: false)
    }

    func term(_ key: VersionKey) -> UInt128 {
        Digest.term(
            record: Edit.record, kind: Edit.kind, field: Edit.field, key: key, value: field[key]!.value)
    }

    func chains(_ version: Version) -> Set<ChainHash> { Set(version.members.map(\.chain)) }

    var summary: FieldSummary {
        FieldSummary(
            heads: Set(field.heads.map { chains($0) }), visible: field.visible.map { chains($0) } ?? [],
            isInConflict: field.isInConflict, importFrontier: Set(field.importFrontier.map { chains($0) }))
    }

    /// What is wrong with the view taken by itself; nil when it agrees with itself in every way.
    var inconsistency: String? {
        let heads = Set(field.heads.map(\.key))
        if heads != reportedHeads { return "insert reported \(reportedHeads) for the heads \(heads)" }
        if heads != field.recomputedHeads() { return "heads recomputed are \(field.recomputedHeads())" }
        var sum = Digest()
        for key in heads { sum.add(term(key)) }
        if sum != digest { return "the digest kept is \(digest), summed it is \(sum)" }
        if field.visible == nil && !log.isEmpty { return "nothing is visible" }
        return nil
    }
}

extension FieldLog {
    /// The log in words, for failures.
    var inWords: String {
        log.map { edit in
            let old = edit.replaces.map { chain in "\(log.firstIndex { $0.chain == chain } ?? -1)" }
            return "\(edit.isByHand ? "hand" : "program") \(edit.value) at \(edit.stamp.rawValue) over \(old)"
        }.enumerated().map { "  \($0): \($1)" }.joined(separator: "\n")
    }
}
