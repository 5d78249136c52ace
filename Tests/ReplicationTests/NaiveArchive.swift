import Causality
import Storage

/// What an archive must look like, derived from its log alone in the plainest way: no order of arrival, nothing
/// kept incrementally. It follows the model of the design, not the store.
struct NaiveArchive {
    struct Place: Hashable {
        var record: RecordID
        var kind: String
        var field: String
    }

    final class Made {
        let place: Place
        let value: [UInt8]
        let isByHand: Bool
        let replaced: Set<String>
        let past: Set<String>
        let isMerge: Bool
        var members: Set<TransactionName> = []
        init(
            _ place: Place, _ value: [UInt8], isByHand: Bool, replaced: Set<String>, past: Set<String>,
            isMerge: Bool
        ) {
            self.place = place
            self.value = value
            self.isByHand = isByHand
            self.replaced = replaced
            self.past = past
            self.isMerge = isMerge
        }
    }

    private(set) var versions: [String: Made] = [:]
    private var keys: [Place: [TransactionName: String]] = [:]
    private var log: [TransactionName: Transaction] = [:]
    private var chains: [TransactionName: ChainHash] = [:]
    private var offsets: [TransactionName: (stamp: Stamp, chain: ChainHash, milliseconds: Int64)] = [:]

    init(of store: Store) throws {
        try store.forEachTransaction(after: 0) { transaction, _, _ in
            log[transaction.name] = transaction
            chains[transaction.name] = try store.entry(of: transaction.name)?.chain
            for record in transaction.records {
                for change in record.fields {
                    let place = Place(record: record.id, kind: record.kind, field: change.field)
                    let replaced = Set(change.replaces.compactMap { keys[place]?[$0] })
                    let value = change.value.text ?? change.value.hash.bytes
                    let key =
                        transaction.isByProgram
                        ? "\(place) \(value) \(replaced.sorted())" : "\(place) \(transaction.name)"
                    keys[place, default: [:]][transaction.name] = key
                    if versions[key] == nil {
                        versions[key] = Made(
                            place, value, isByHand: !transaction.isByProgram, replaced: replaced,
                            past: replaced.reduce(replaced) { $0.union(versions[$1]?.past ?? []) },
                            isMerge: transaction.isByProgram
                                && replaced.contains { versions[$0]?.isByHand == true })
                    }
                    versions[key]?.members.insert(transaction.name)
                }
            }
            if let note = transaction.note, let chain = chains[transaction.name] {
                for span in note.spans {
                    for back in 0..<min(span.count, span.last.sequence) {
                        let name = TransactionName(
                            origin: span.last.origin, sequence: span.last.sequence - back)
                        if let known = offsets[name], (transaction.stamp, chain) < (known.stamp, known.chain)
                        {
                            continue
                        }
                        offsets[name] = (transaction.stamp, chain, note.offsetMilliseconds)
                    }
                }
            }
            return true
        }
    }

    /// The least (corrected stamp, chain) that made a version.
    private func rank(_ key: String) -> (Int, Stamp, ChainHash) {
        let made = versions[key]
        let least = (made?.members ?? []).compactMap { name in
            log[name].flatMap { transaction in
                chains[name].map {
                    (transaction.stamp.corrected(offsetMilliseconds: offsets[name]?.milliseconds ?? 0), $0)
                }
            }
        }.min { $0 < $1 }
        return (
            made?.isByHand == true ? 1 : 0, least?.0 ?? Stamp(rawValue: 0),
            least?.1 ?? ChainHash(high: 0, low: 0)
        )
    }

    private func alsoReplaces(_ later: Made, _ other: Made, _ otherKey: String) -> Bool {
        guard later.isByHand, !other.isByHand else { return false }
        if other.isMerge { return other.replaced.isSubset(of: later.past) }
        return later.past.contains { versions[$0]?.value == other.value && !other.past.contains($0) }
    }

    func heads() -> [Place: [String]] {
        var byPlace: [Place: [String]] = [:]
        for (key, made) in versions { byPlace[made.place, default: []].append(key) }
        return byPlace.mapValues { all in
            let made = all.compactMap { versions[$0] }
            let replaced = Set(made.flatMap(\.replaced))
            return all.filter { key in
                guard let version = versions[key], !replaced.contains(key) else { return false }
                return !made.contains { $0 !== version && alsoReplaces($0, version, key) }
            }.sorted { rank($0) < rank($1) }
        }
    }

    /// Lines in the same form as `ReplicaView`.
    func lines() -> (visible: [String], conflicts: [String]) {
        let heads = heads()
        var visible: [String] = []
        var conflicts: [String] = []
        var shown: [Place: [UInt8]] = [:]
        for (place, all) in heads { shown[place] = all.last.flatMap { versions[$0]?.value } }
        for (place, value) in shown {
            visible.append(
                "\(place.record.text) \(place.kind) \(place.field)=\(String(decoding: value, as: UTF8.self))")
        }
        for (place, all) in heads {
            let values = Set(all.compactMap { versions[$0]?.value })
            if values.count > 1 {
                conflicts.append("\(place.record.text) \(place.kind) \(place.field) \(values.count)")
            }
            guard place.field == "deleted", shown[place] == Array("true".utf8) else { continue }
            let unseen = unseen(of: place, heads: heads, shown: shown)
            if unseen > 0 { conflicts.append("\(place.record.text) \(place.kind) DELETION \(unseen)") }
        }
        return (visible.sorted(), conflicts.sorted())
    }

    private func unseen(of deletion: Place, heads: [Place: [String]], shown: [Place: [UInt8]]) -> Int {
        var seen: Set<TransactionName> = []
        for key in heads[deletion] ?? [] where versions[key]?.value == Array("true".utf8) {
            for name in versions[key]?.members ?? [] { seen.formUnion(log[name]?.seen ?? []) }
        }
        let target = Array("\"\(deletion.record.text)\"".utf8)
        var count = 0
        for (place, all) in heads where place.field != "deleted" {
            let isOwn = place.record == deletion.record && place.kind == deletion.kind
            let link = Place(record: place.record, kind: place.kind, field: "target")
            guard isOwn || shown[link] == target else { continue }
            var covered = Set(seen.compactMap { keys[place]?[$0] })
            for key in covered { covered.formUnion(versions[key]?.past ?? []) }
            for key in all {
                guard let head = versions[key] else { continue }
                let needed = head.isByHand ? [key] : head.isMerge ? head.replaced : []
                if !needed.isSubset(of: covered) { count += 1 }
            }
        }
        return count
    }
}

/// What a store says of itself, as lines.
struct ReplicaView {
    var visible: [String] = []
    var conflicts: [String] = []

    init(of store: Store) throws {
        var filter = RecordFilter()
        filter.includesDeleted = true
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
