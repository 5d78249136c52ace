public import QuipuCausality
public import QuipuStorage

/// What an archive must look like, derived from the set of its transactions alone in the plainest way: no order of
/// arrival, nothing kept incrementally. It follows Schema/semantics.md, not the store.
public struct PlainArchive {
    public struct Place: Hashable {
        public var record: RecordID
        public var kind: String
        public var field: String
    }

    /// A version; what the program makes has twins, which are members of one.
    public final class Made {
        public let place: Place
        public let value: ValueHash
        public let isByHand: Bool
        public let isMerge: Bool
        /// No value, given by hand together with the record's deletion.
        public let isPurge: Bool
        public let replaced: Set<Int>
        /// What it replaces, directly or through others.
        public let past: Set<Int>
        public fileprivate(set) var members: Set<TransactionName> = []

        public var isImport: Bool { !isByHand && !isMerge }

        init(
            _ place: Place, _ value: ValueHash, isByHand: Bool, replaced: Set<Int>, past: Set<Int>,
            isMerge: Bool, isPurge: Bool
        ) {
            self.isPurge = isPurge
            self.place = place
            self.value = value
            self.isByHand = isByHand
            self.replaced = replaced
            self.past = past
            self.isMerge = isMerge
        }
    }

    /// What makes versions by the program twins.
    private struct TwinKey: Hashable {
        var place: Place
        var value: ValueHash
        var replaced: Set<Int>
    }

    /// By a number of this archive's own.
    public private(set) var versions: [Int: Made] = [:]
    public private(set) var log: [TransactionName: Transaction] = [:]
    public private(set) var chains: [TransactionName: ChainHash] = [:]
    private var keys: [Place: [TransactionName: Int]] = [:]
    private var twins: [TwinKey: Int] = [:]
    private var texts: [ValueHash: [UInt8]] = [:]
    private var offsets: [TransactionName: (stamp: Stamp, chain: ChainHash, milliseconds: Int64)] = [:]

    private static let yes = ValueHash(of: Array("true".utf8))
    private static let null = ValueHash(of: Array("null".utf8))

    public init(of store: Store) throws {
        var order: [Transaction] = []
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            order.append(transaction)
            return true
        }
        for transaction in order {
            log[transaction.name] = transaction
            chains[transaction.name] = try store.log.entry(of: transaction.name)?.chain
            for record in transaction.records {
                for change in record.fields {
                    add(change, of: record, by: transaction)
                    let hash = change.value.hash
                    if texts[hash] == nil {
                        texts[hash] = try change.value.text ?? store.texts.text(of: hash)
                    }
                }
            }
            if let note = transaction.note { take(note, of: transaction) }
        }
    }

    private mutating func add(_ change: FieldChange, of record: RecordChanges, by transaction: Transaction) {
        let place = Place(record: record.id, kind: record.kind, field: change.field)
        let replaced = Set(change.replaces.compactMap { keys[place]?[$0] })
        let twin = TwinKey(place: place, value: change.value.hash, replaced: replaced)
        let key = (transaction.isByProgram ? twins[twin] : nil) ?? versions.count
        if transaction.isByProgram { twins[twin] = key }
        keys[place, default: [:]][transaction.name] = key
        if versions[key] == nil {
            versions[key] = Made(
                place, change.value.hash, isByHand: !transaction.isByProgram, replaced: replaced,
                past: replaced.reduce(replaced) { $0.union(versions[$1]?.past ?? []) },
                isMerge: transaction.isByProgram && replaced.contains { versions[$0]?.isByHand == true },
                isPurge: !transaction.isByProgram && change.value.hash == Self.null
                    && record.fields.contains { $0.field == "deleted" && $0.value.hash == Self.yes })
        }
        versions[key]?.members.insert(transaction.name)
    }

    private mutating func take(_ note: ClockNote, of transaction: Transaction) {
        guard let chain = chains[transaction.name] else { return }
        // What it says of other chains than its own counts for nothing.
        for span in note.spans where isBehind(transaction.name, span.last) {
            var name: TransactionName? = span.last
            var left = span.count
            while let covered = name, left > 0 {
                let known = offsets[covered]
                if known.map({ ($0.stamp, $0.chain) < (transaction.stamp, chain) }) ?? true {
                    offsets[covered] = (transaction.stamp, chain, note.offsetMilliseconds)
                }
                left -= 1
                name = before(covered)
            }
        }
    }

    private func before(_ name: TransactionName) -> TransactionName? {
        name.sequence > 1
            ? TransactionName(origin: name.origin, sequence: name.sequence - 1) : log[name]?.previous
    }

    /// Whether one transaction is before another in its chain.
    private func isBehind(_ later: TransactionName, _ earlier: TransactionName) -> Bool {
        var name = before(later)
        while let passed = name, passed != earlier { name = before(passed) }
        return name != nil
    }

    /// Milliseconds that clock notes take off a transaction's stamp.
    public func correction(of name: TransactionName) -> Int64 { offsets[name]?.milliseconds ?? 0 }

    /// The least (corrected stamp, chain) that made a version.
    private func rank(_ key: Int) -> (Int, Stamp, ChainHash) {
        let made = versions[key]
        let least = (made?.members ?? []).compactMap { name in
            log[name].flatMap { transaction in
                chains[name].map {
                    (transaction.stamp.corrected(offsetMilliseconds: correction(of: name)), $0)
                }
            }
        }.min { $0 < $1 }
        return (
            made?.isByHand == true ? 1 : 0, least?.0 ?? Stamp(rawValue: 0),
            least?.1 ?? ChainHash(high: 0, low: 0)
        )
    }

    private func alsoReplaces(_ later: Made, _ other: Made) -> Bool {
        guard later.isByHand, !other.isByHand else { return false }
        if other.isMerge { return other.replaced.isSubset(of: later.past) }
        if later.isPurge { return true }
        return later.past.contains { versions[$0]?.value == other.value && !other.past.contains($0) }
    }

    /// All versions by place, each sorted.
    public func versionsByPlace() -> [Place: [Int]] {
        var found: [Place: [Int]] = [:]
        for (key, made) in versions { found[made.place, default: []].append(key) }
        return found.mapValues { $0.sorted() }
    }

    /// The heads of each field, the visible one last.
    public func heads() -> [Place: [Int]] {
        versionsByPlace().mapValues { all in
            let made = all.compactMap { versions[$0] }
            let replaced = Set(made.flatMap(\.replaced))
            return all.filter { key in
                guard let version = versions[key], !replaced.contains(key) else { return false }
                return !made.contains { $0 !== version && alsoReplaces($0, version) }
            }.sorted { rank($0) < rank($1) }
        }
    }

    /// Values that only purged versions have: nobody keeps or sends their texts. `true` and the like hide nothing.
    public func forgottenValues() -> Set<ValueHash> {
        let heads = heads()
        var (forgotten, kept): (Set<ValueHash>, Set<ValueHash>) = ([], [])
        for (place, all) in versionsByPlace() {
            let purges = all.filter { versions[$0]?.isPurge == true }
            for key in all {
                guard let version = versions[key] else { continue }
                let isForgotten =
                    !version.isPurge && heads[place]?.contains(key) != true
                    && purges.contains { !version.past.contains($0) }
                if isForgotten { forgotten.insert(version.value) } else { kept.insert(version.value) }
            }
        }
        for literal in ["true", "false", "null"] { kept.insert(ValueHash(of: Array(literal.utf8))) }
        return forgotten.subtracting(kept)
    }

    /// Lines in the same form as `ReplicaView`; visible values whose text is not here are left out, as they are there.
    public func lines() -> (visible: [String], conflicts: [String]) {
        let heads = heads()
        var visible: [String] = []
        var conflicts: [String] = []
        var shown: [Place: ValueHash] = [:]
        for (place, all) in heads { shown[place] = all.last.flatMap { versions[$0]?.value } }
        for (place, value) in shown {
            guard let text = texts[value] else { continue }
            visible.append(
                "\(place.record.text) \(place.kind) \(place.field)=\(String(decoding: text, as: UTF8.self))")
        }
        for (place, all) in heads {
            let values = Set(all.compactMap { versions[$0]?.value })
            // What is remembered of sources is a set.
            if values.count > 1, !place.field.hasPrefix("from/") {
                conflicts.append("\(place.record.text) \(place.kind) \(place.field) \(values.count)")
            }
            guard place.field == "deleted", shown[place] == Self.yes else { continue }
            let unseen = unobservedHeads(of: place, heads: heads).count
            if unseen > 0 { conflicts.append("\(place.record.text) \(place.kind) DELETION \(unseen)") }
        }
        return (visible.sorted(), conflicts.sorted())
    }

    /// The records deleted as seen, by their `deleted` field, with the heads that no delete has seen.
    public func deletions() -> [Place: [Int]] {
        let heads = heads()
        var found: [Place: [Int]] = [:]
        for (place, all) in heads
        where place.field == "deleted" && all.last.flatMap({ versions[$0]?.value }) == Self.yes {
            found[place] = unobservedHeads(of: place, heads: heads)
        }
        return found
    }

    /// Whether a field is of a record, or of what hangs on it.
    public func isPart(_ place: Place, of deletion: Place, heads: [Place: [Int]]) -> Bool {
        if place.record == deletion.record && place.kind == deletion.kind { return true }
        let link = Place(record: place.record, kind: place.kind, field: "target")
        let target = ValueHash(of: Array("\"\(deletion.record.text)\"".utf8))
        return heads[link]?.last.flatMap { versions[$0]?.value } == target
    }

    private func unobservedHeads(of deletion: Place, heads: [Place: [Int]]) -> [Int] {
        var observed: Set<TransactionName> = []
        for key in heads[deletion] ?? [] where versions[key]?.value == Self.yes {
            for name in versions[key]?.members ?? [] {
                observed.formUnion([name] + (log[name]?.observed ?? []))
            }
        }
        var found: [Int] = []
        for (place, all) in heads
        where place.field != "deleted" && !place.field.hasPrefix("from/")
            && isPart(place, of: deletion, heads: heads)
        {
            var covered = Set(observed.compactMap { keys[place]?[$0] })
            for key in covered { covered.formUnion(versions[key]?.past ?? []) }
            for key in all {
                guard let head = versions[key] else { continue }
                let needed = head.isByHand ? [key] : head.isMerge ? head.replaced : []
                if !needed.isSubset(of: covered) { found.append(key) }
            }
        }
        return found.sorted()
    }
}

/// What a store says of itself, as lines.
public struct ReplicaView: Equatable {
    public private(set) var visible: [String] = []
    public private(set) var conflicts: [String] = []

    /// Each record by itself; what records that are merged show together is held against `NaiveModel`.
    public init(of store: Store) throws {
        var filter = RecordFilter()
        filter.includesDeleted = true
        filter.showsEachRecord = true
        try store.forEachRecord(filter) { record in
            for field in record.fields {
                visible.append(
                    "\(record.id.text) \(record.kind) \(field.name)=\(String(decoding: field.json, as: UTF8.self))"
                )
            }
            return true
        }
        visible.sort()
        conflicts = try store.conflicts().map { conflict in
            conflict.isDeletion
                ? "\(conflict.id.text) \(conflict.kind) DELETION \(conflict.others.count)"
                : "\(conflict.id.text) \(conflict.kind) \(conflict.field) \(1 + conflict.others.count)"
        }.sorted()
    }
}
