import QuipuCausality

/// A replica of whole records without a disk: all that it makes of its log is made by the code under test.
struct PureReplica: Sendable {
    private(set) var origin: Origin
    /// Where this machine left its own chain.
    private(set) var tip: ChainHash?
    private(set) var own: Set<ChainHash> = []
    private(set) var log: [NaiveTransaction] = []
    private(set) var chains: Set<ChainHash> = []
    private(set) var starts: Set<ChainHash> = []
    private(set) var fields: [NaivePlace: FieldVersions] = [:]
    private var keys: [NaivePlace: [ChainHash: VersionKey]] = [:]
    private(set) var digest = Digest()

    init(origin: Origin) { self.origin = origin }

    // MARK: reading

    /// Every name by the rule of branch starts.
    var names: [ChainHash: TransactionName] {
        Branches.names(
            of: log.map { .init(chain: $0.chain, previous: $0.previous, origin: $0.origin) }, starts: starts)
    }

    func isDeleted(_ place: NaivePlace) -> Bool {
        fields[place.sibling("deleted")]?.visible?.value == ValueHash("true")
    }

    /// The fields of a record and of what hangs on it: annotations bear the record's number with another kind.
    func hanging(on place: NaivePlace) -> [NaivePlace] {
        let target = ValueHash("\"\(PureWorld.articleText)\"")
        return fields.keys.filter { other in
            if other.field == "deleted" { return false }
            if other.record == place.record, other.kind == place.kind { return true }
            return fields[other.sibling("target")]?.visible?.value == target
        }.sorted()
    }

    func unobservedHeads(of place: NaivePlace) -> Set<VersionKey> {
        let flag = fields[place.sibling("deleted")] ?? FieldVersions()
        let standing = flag.heads.filter { $0.value == ValueHash("true") }.flatMap(\.members)
        var observed: Set<ChainHash> = []
        for member in standing {
            observed.formUnion(log[Int(member.position) - 1].observed)
            observed.insert(member.chain)
        }
        let positions = Set(log.indices.filter { observed.contains(log[$0].chain) }.map { Int64($0 + 1) })
        return hanging(on: place).reduce(into: []) { found, field in
            found.formUnion(
                Deletion.unobservedHeads(of: fields[field] ?? FieldVersions(), observed: positions).map(\.key)
            )
        }
    }

    // MARK: writing

    /// Takes up a transaction of which all that it names is held.
    mutating func apply(_ transaction: NaiveTransaction) {
        guard chains.insert(transaction.chain).inserted else { return }
        log.append(transaction)
        let member = Version.Member(
            position: Int64(log.count), chain: transaction.chain, stamp: transaction.stamp)
        for change in transaction.changes {
            var field = fields[change.place] ?? FieldVersions()
            let version = version(of: change, in: transaction, member, among: field)
            let (gained, lost) = field.insert(version)
            for key in gained { if let head = field[key] { digest.add(term(of: head, change.place)) } }
            for key in lost { if let head = field[key] { digest.remove(term(of: head, change.place)) } }
            fields[change.place] = field
            keys[change.place, default: [:]][transaction.chain] = version.key
        }
    }

    private func version(
        of change: NaiveTransaction.Change, in transaction: NaiveTransaction, _ member: Version.Member,
        among field: FieldVersions
    ) -> Version {
        let place = change.place
        let replaces = Set(change.replaces.compactMap { keys[place]?[$0] }).sorted()
        let key =
            transaction.isByHand
            ? VersionKey(
                byHand: transaction.chain, record: place.record, kind: place.kind, field: place.field)
            : VersionKey(
                byProgram: change.value, record: place.record, kind: place.kind, field: place.field,
                replaces: replaces)
        return Version(
            key: key, value: change.value, isByHand: transaction.isByHand,
            isMerge: !transaction.isByHand && replaces.contains { field[$0]?.isByHand == true },
            isPurge: Purge.isPurge(
                change.value, of: place.field,
                purges: Purge.isPurge(
                    deleted: transaction.changes.first { $0.place == place.sibling("deleted") }?.value,
                    isByHand: transaction.isByHand)),
            replaces: replaces, member: member, isHead: false)
    }

    private func term(of head: Version, _ place: NaivePlace) -> UInt128 {
        Digest.term(
            record: place.record, kind: place.kind, field: place.field, key: head.key, value: head.value)
    }

    /// Writes a transaction of its own: on its chain, or, when that does not end where this machine left it or
    /// goes on elsewhere, on a fresh one.
    mutating func write(
        byHand: Bool, _ changes: [(place: NaivePlace, value: String, over: [Version])],
        observed: Set<ChainHash> = [], fresh: Origin
    ) {
        write(
            byHand: byHand, hashes: changes.map { ($0.place, ValueHash($0.value), over: $0.over) },
            observed: observed, fresh: fresh)
    }

    mutating func write(
        byHand: Bool, hashes changes: [(place: NaivePlace, value: ValueHash, over: [Version])],
        observed: Set<ChainHash>, fresh: Origin
    ) {
        let names = names
        let end = names.filter { $0.value.origin == origin }.max { $0.value.sequence < $1.value.sequence }
        if end?.key != tip || tip != nil && log.contains(where: { $0.previous == tip }) {
            origin = fresh
            tip = nil
        }
        let last = log.map(\.stamp).max() ?? Stamp(rawValue: 0)
        let transaction = NaiveTransaction(
            writing: changes.map { change in
                NaiveTransaction.Change(
                    place: change.place, value: change.value,
                    replaces: Set(change.over.map(\.representative.chain)))
            }, byHand: byHand, observed: observed, origin: origin, previous: tip,
            stamp: last.next(nowMilliseconds: 1_700_000_000_000))
        apply(transaction)
        own.insert(transaction.chain)
        tip = transaction.chain
    }

    // MARK: meeting

    /// Joins the branch starts, compares logs under every name that both know, and at the first difference makes
    /// both transactions branch starts; until there is none.
    static func agree(_ one: inout PureReplica, _ other: inout PureReplica) {
        one.starts.formUnion(other.starts)
        other.starts = one.starts
        while true {
            let (left, right) = (one.byName, other.byName)
            let different = left.filter { name, chain in right[name].map { $0 != chain } ?? false }
            guard let first = different.keys.min(by: { ($0.sequence, $0) < ($1.sequence, $1) }) else {
                return
            }
            one.starts.formUnion([left[first], right[first]].compactMap(\.self))
            other.starts = one.starts
        }
    }

    private var byName: [TransactionName: ChainHash] {
        Dictionary(names.map { ($0.value, $0.key) }) { first, _ in first }
    }

    /// Sends what another lacks, in the order of the log.
    func send(to other: inout PureReplica, limit: Int = .max) {
        for transaction in log.filter({ !other.chains.contains($0.chain) }).prefix(limit) {
            other.apply(transaction)
        }
    }

    /// Goes on with another's log and with what this machine remembers of itself.
    func remembering(_ other: PureReplica) -> PureReplica {
        var replica = self
        replica.origin = other.origin
        replica.tip = other.tip
        replica.own = other.own
        return replica
    }
}

extension NaiveTransaction {
    /// A transaction with the chain hash that a real one of this content has.
    init(
        writing changes: [Change], byHand: Bool, observed: Set<ChainHash>, origin: Origin,
        previous: ChainHash?,
        stamp: Stamp
    ) {
        let named = Set(changes.flatMap(\.replaces)).union(observed).sorted()
        func name(_ chain: ChainHash) -> TransactionName {
            TransactionName(origin: Origin(rawValue: UInt128(named.firstIndex(of: chain) ?? 0)), sequence: 1)
        }
        let records = Dictionary(grouping: changes) { $0.place.sibling("") }.sorted { $0.key < $1.key }
        let transaction = Transaction(
            name: TransactionName(origin: origin, sequence: 1), stamp: stamp, author: "A",
            isByProgram: !byHand,
            records: records.map { place, changes in
                RecordChanges(
                    id: place.record, kind: place.kind,
                    fields: changes.sorted { $0.place < $1.place }.map { change in
                        FieldChange(
                            field: change.place.field, value: .hash(change.value),
                            replaces: change.replaces.map(name))
                    })
            }, observed: observed.map(name))
        self.init(
            chain: ChainHash(of: transaction, after: previous) { named[Int($0.origin.rawValue)] },
            previous: previous, origin: origin, stamp: stamp, isByHand: byHand, changes: changes,
            observed: observed)
    }
}
