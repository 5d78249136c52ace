public import QuipuCausality

/// Schema/semantics.md, word for word, as a function of a *set* of transactions and of branch starts: heads,
/// visible values, conflicts, wanted texts, digest, names.
///
/// It keeps nothing, knows no order of arrival, is slow, and shares no rule with `Causality`: of that it takes the
/// words (transactions, hashes, stamps) and their forms in bytes (chain hash, version key, term of the digest).
public struct NaiveArchive: Sendable {
    public let transactions: [ChainHash: NaiveTransaction]
    public let starts: Set<ChainHash>
    public private(set) var versions: [VersionKey: NaiveVersion] = [:]
    /// The versions of each field.
    public private(set) var fields: [NaivePlace: Set<VersionKey>] = [:]
    /// The heads of each field.
    public private(set) var heads: [NaivePlace: Set<VersionKey>] = [:]
    /// The head of each field that is shown.
    public private(set) var visible: [NaivePlace: NaiveVersion] = [:]
    /// Versions of which one key stands for several, or several keys for one.
    public private(set) var keyComplaint: String?
    private var structures: [Structure: VersionKey] = [:]
    /// The version that a transaction gave a field.
    private var keys: [NaivePlace: [ChainHash: VersionKey]] = [:]
    /// What clock notes take off a transaction's stamp.
    private var offsets: [ChainHash: Int64] = [:]

    /// - Parameter transactions: with every one, all that it names.
    public init(_ transactions: some Sequence<NaiveTransaction>, starts: Set<ChainHash> = []) {
        var all: [ChainHash: NaiveTransaction] = [:]
        for transaction in transactions { all[transaction.chain] = transaction }
        self.transactions = all
        self.starts = starts
        offsets = Self.offsets(by: all)
        for transaction in all.values {
            for change in transaction.changes { _ = key(of: change, in: transaction) }
        }
        for version in versions.values { fields[version.place, default: []].insert(version.key) }
        for (place, keys) in fields {
            let heads = keys.filter { key in !keys.contains { replaces($0, key) } }
            self.heads[place] = heads
            visible[place] = heads.compactMap { versions[$0] }.max { ranksBelow($0, $1) }
        }
    }

    // MARK: versions

    /// What makes a version the one that it is, without its key.
    private struct Structure: Hashable {
        let place: NaivePlace
        /// Of one made by hand.
        let chain: ChainHash?
        /// Of one made by the program.
        let value: ValueHash?
        let parents: Set<VersionKey>
    }

    private mutating func note(_ structure: Structure, _ key: VersionKey, isNew: Bool) {
        let known = structures.updateValue(key, forKey: structure)
        if known == nil, !isNew { keyComplaint = "two versions of \(structure.place) have one key" }
        if let known, known != key { keyComplaint = "twins of \(structure.place) have two keys" }
    }

    /// What the program makes has twins: its key is made of record, field, value and what it replaces.
    private mutating func key(of change: NaiveTransaction.Change, in transaction: NaiveTransaction)
        -> VersionKey
    {
        let place = change.place
        if let known = keys[place]?[transaction.chain] { return known }
        var parents: Set<VersionKey> = []
        for replaced in change.replaces {
            guard let other = transactions[replaced],
                let its = other.changes.first(where: { $0.place == place })
            else { continue }
            parents.insert(key(of: its, in: other))
        }
        let key =
            transaction.isByHand
            ? VersionKey(
                byHand: transaction.chain, record: place.record, kind: place.kind, field: place.field)
            : VersionKey(
                byProgram: change.value, record: place.record, kind: place.kind, field: place.field,
                replaces: parents.sorted())
        note(
            transaction.isByHand
                ? Structure(place: place, chain: transaction.chain, value: nil, parents: [])
                : Structure(place: place, chain: nil, value: change.value, parents: parents),
            key, isNew: versions[key] == nil)
        var version =
            versions[key]
            ?? NaiveVersion(
                key: key, place: place, value: change.value, isByHand: transaction.isByHand,
                // A merge is a program-made version that replaces hand-made ones.
                isMerge: !transaction.isByHand && parents.contains { versions[$0]?.isByHand == true },
                isPurge: transaction.purges(place),
                parents: parents,
                past: parents.reduce(parents) { $0.union(versions[$1]?.past ?? []) })
        version.members.insert(transaction.chain)
        versions[key] = version
        keys[place, default: [:]][transaction.chain] = key
        return key
    }

    /// Whether one version of a field replaces another of it.
    func replaces(_ later: VersionKey, _ other: VersionKey) -> Bool {
        guard later != other, let later = versions[later], let other = versions[other] else { return false }
        if later.parents.contains(other.key) { return true }
        guard later.isByHand else { return false }
        // The null of a purge replaces every import of its field, seen or not, earlier or later.
        if later.isPurge { if other.isImport { return true } }
        // A hand-made version that replaces, directly or through others, all that a merge merged replaces it.
        if other.isMerge { return other.parents.isSubset(of: later.past) }
        // A hand-made version also replaces an import whose value equals that of a version it replaced, directly
        // or through others, unless that version is behind the import.
        return other.isImport
            && later.past.contains { versions[$0]?.value == other.value && !other.past.contains($0) }
    }

    /// The twin that a version goes under: the one with the least (corrected stamp, chain hash).
    public func representative(of version: NaiveVersion) -> NaiveTransaction? {
        version.members.compactMap { transactions[$0] }.min {
            (stamp(of: $0), $0.chain) < (stamp(of: $1), $1.chain)
        }
    }

    /// A transaction's stamp, less what clock notes take off.
    public func stamp(of transaction: NaiveTransaction) -> Stamp {
        transaction.stamp.corrected(offsetMilliseconds: offsets[transaction.chain] ?? 0)
    }

    /// Visible is the head greatest by (by a person, corrected stamp, chain hash); of what one transaction wrote in records that are
    /// shown as one, that of the record with the least id.
    public func ranksBelow(_ left: NaiveVersion, _ right: NaiveVersion) -> Bool {
        if left.isByHand != right.isByHand { return right.isByHand }
        guard let one = representative(of: left), let other = representative(of: right) else { return false }
        if one.chain == other.chain { return left.place.record > right.place.record }
        return (stamp(of: one), one.chain) < (stamp(of: other), other.chain)
    }

    /// Of overlapping notes the greatest (stamp, chain hash) counts.
    private static func offsets(by all: [ChainHash: NaiveTransaction]) -> [ChainHash: Int64] {
        let notes = all.values.filter { $0.note != nil }.sorted {
            ($0.stamp, $0.chain) < ($1.stamp, $1.chain)
        }
        var offsets: [ChainHash: Int64] = [:]
        for transaction in notes {
            guard let note = transaction.note else { continue }
            // A note speaks of its own chain only.
            var own: Set<ChainHash> = []
            var behind = transaction.previous
            while let chain = behind {
                own.insert(chain)
                behind = all[chain]?.previous
            }
            for span in note.spans where own.contains(span.last) {
                var next: ChainHash? = span.last
                var left = span.count
                while let chain = next, left > 0 {
                    offsets[chain] = note.offsetMilliseconds
                    next = all[chain]?.previous
                    left -= 1
                }
            }
        }
        return offsets
    }

    // MARK: what follows from heads

    /// The fields with several heads of different values. What the program remembers of a source is a set, and what it notes
    /// of a passage follows from the text.
    public var contestedFields: Set<NaivePlace> {
        Set(
            heads.filter { place, heads in
                !place.isNoted && Set(heads.compactMap { versions[$0]?.value }).count > 1
            }.keys)
    }

    /// The imported versions of a field that no import replaces: what an import compares its source with.
    public func importFrontier(of place: NaivePlace) -> Set<VersionKey> {
        let imports = (fields[place] ?? []).compactMap { versions[$0] }.filter(\.isImport)
        return Set(
            imports.filter { version in !imports.contains { $0.parents.contains(version.key) } }.map(\.key))
    }

    /// What both replace, directly or through others, and nothing else that both replace does.
    public func nearestCommonAncestors(_ first: NaiveVersion, _ second: NaiveVersion) -> Set<VersionKey> {
        let common = pastOfMeaning(first).intersection(pastOfMeaning(second))
        return common.filter { old in
            !common.contains { versions[$0].map { pastOfMeaning($0).contains(old) } == true }
        }
    }

    /// The values whose texts a replica must have: all heads, those of deleted records too, since somebody who has not
    /// seen the delete may bring them back.
    public var wantedValues: Set<ValueHash> {
        Set(heads.values.flatMap { $0 }.compactMap { versions[$0]?.value })
    }

    /// The values that nobody may keep or send: those of purged fields, but for standing heads and for what was written
    /// after every purge. What another version has as well is not among them.
    public var forgottenValues: Set<ValueHash> {
        let purges = versions.values.filter(\.isPurge)
        let forgotten = versions.values.filter { version in
            heads[version.place]?.contains(version.key) != true && !version.isPurge
                && purges.contains { $0.place == version.place && !version.past.contains($0.key) }
        }
        let kept = versions.values.filter { version in !forgotten.contains { $0.key == version.key } }
        // `true` and the like hide nothing behind a hash.
        let literals = ["true", "false", "null"].map { ValueHash(of: Array($0.utf8)) }
        return Set(forgotten.map(\.value)).subtracting(kept.map(\.value) + literals)
    }

    /// The sum over all heads.
    public var digest: Digest {
        var digest = Digest()
        for (place, heads) in heads {
            for head in heads.compactMap({ versions[$0] }) {
                digest.add(
                    Digest.term(
                        record: place.record, kind: place.kind, field: place.field, key: head.key,
                        value: head.value))
            }
        }
        return digest
    }

    /// The sum over what is seen, versions left out.
    public var contentDigest: Digest {
        var digest = Digest()
        for (place, version) in visible where place.field != "deleted" && !isDeleted(place) {
            digest.add(
                Digest.contentTerm(
                    record: place.record, kind: place.kind, field: place.field, value: version.value))
        }
        return digest
    }
}

/// A version up to twins.
public struct NaiveVersion: Sendable {
    public let key: VersionKey
    public let place: NaivePlace
    public let value: ValueHash
    public let isByHand: Bool
    public let isMerge: Bool
    /// No value, given by a person who deleted the record in the same transaction.
    public let isPurge: Bool
    /// What it replaces, and what that replaces, and so on.
    public let parents: Set<VersionKey>
    public let past: Set<VersionKey>
    /// The transactions that made it.
    public internal(set) var members: Set<ChainHash> = []

    public var isImport: Bool { !isByHand && !isMerge }
}
