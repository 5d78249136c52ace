public import QuipuCausality

/// What an undo writes in one field.
public struct NaiveUndo: Sendable, Hashable {
    public let place: NaivePlace
    public let isByHand: Bool
    public let replaced: Set<VersionKey>
    public let value: ValueHash

    public init(place: NaivePlace, isByHand: Bool, replaced: Set<VersionKey>, value: ValueHash) {
        self.place = place
        self.isByHand = isByHand
        self.replaced = replaced
        self.value = value
    }
}

extension NaiveArchive {
    /// Everything that an undo of some transactions writes, in no order.
    ///
    /// - Parameters:
    ///   - entry: the transactions.
    ///   - order: all transactions in the order of the log in which it is undone.
    public func undo(of entry: Set<ChainHash>, order: [ChainHash]) -> [NaiveUndo] {
        let touched = Set(entry.flatMap { transactions[$0]?.changes.map(\.place) ?? [] })
        let records = Set(touched.map { $0.sibling("deleted") })
        let isCollection = { (place: NaivePlace) in place.kind == "collection" }
        var found: [NaiveUndo] = []
        var deleted: Set<NaivePlace> = []
        for record in records.filter({ !isCollection($0) }) + records.filter(isCollection) {
            if !isDeleted(record), isMade(record, by: entry, order: order) {
                guard isUntouched(record, since: entry), !holdsOthers(record, than: deleted, after: found)
                else { continue }
                deleted.insert(record)
                found.append(
                    NaiveUndo(
                        place: record, isByHand: true, replaced: heads[record] ?? [], value: Self.isTrue))
                continue
            }
            for place in touched where place.sibling("deleted") == record && !place.isNoted {
                if isDeleted(record), place.field != "deleted" { continue }
                found += undo(of: entry, at: place)
            }
        }
        return found
    }

    /// Wherever a head is the entry's, the latest versions behind it that are not the entry's come back, unless other
    /// heads replace all of them: then the visible one of those is given.
    private func undo(of entry: Set<ChainHash>, at place: NaivePlace) -> [NaiveUndo] {
        let own = self.own(entry, at: place)
        let all = heads[place] ?? []
        let taken = all.filter { meaning(of: $0, among: own) != nil }
        if taken.isEmpty { return [] }
        let others = all.subtracting(taken)
        let begun = taken.compactMap { meaning(of: $0, among: own) }
        let behind = begun.reduce(into: Set<VersionKey>()) { $0.formUnion(versions[$1]?.past ?? []) }
            .subtracting(own)
        let former = behind.filter { key in !behind.contains { versions[$0]?.past.contains(key) == true } }
        let isImport = taken.allSatisfy { versions[$0]?.isImport == true }
        let isCovered =
            !others.isEmpty
            && former.allSatisfy { key in
                others.contains { $0 == key || versions[$0]?.past.contains(key) == true || replaces($0, key) }
            }
        var values: [ValueHash] = []
        if isCovered {
            let shown = others.compactMap { versions[$0] }.max { ranksBelow($0, $1) }
            values = [shown?.value].compactMap { $0 }
        } else {
            values = Array(Set(former.compactMap { versions[$0]?.value }))
        }
        let isAlone = others.allSatisfy { versions[$0]?.isByHand == false } && values.count <= 1
        let isElement = place.field == "deleted" || place.field.contains("/")
        if values.isEmpty { values = [ValueHash(of: Array((isElement ? "false" : "null").utf8))] }
        return values.map {
            NaiveUndo(place: place, isByHand: isAlone && !isImport && !isCovered, replaced: taken, value: $0)
        }
    }

    /// How often an entry was taken back with a version: 0 for what is no undo.
    private func count(_ key: VersionKey) -> UInt64 {
        versions[key]?.members.compactMap { transactions[$0]?.undoCount }.max() ?? 0
    }

    /// What an undo gave back with a version: of what is behind the version that it took back - the nearest one in the
    /// place of which what it replaces stands, and that was taken back once less often - the latest with the value.
    private func original(of key: VersionKey) -> VersionKey? {
        guard let version = versions[key], count(key) > 0 else { return nil }
        let taken = version.parents.compactMap { parent in
            nearest(parent) { count($0) == count(key) - 1 }.flatMap { versions[$0] }
        }
        func latest(_ keys: Set<VersionKey>) -> VersionKey? {
            let same = keys.filter { versions[$0]?.value == version.value }
            return same.filter { other in !same.contains { versions[$0]?.past.contains(other) == true } }
                .compactMap { versions[$0] }.max { ranksBelow($0, $1) }?.key
        }
        return latest(Set(taken.flatMap(\.parents))) ?? latest(Set(taken.flatMap(\.past)))
    }

    /// The first of a version, its original, the original of that and so on that is as wanted.
    private func nearest(_ key: VersionKey, where isWanted: (VersionKey) -> Bool) -> VersionKey? {
        isWanted(key) ? key : original(of: key).flatMap { nearest($0, where: isWanted) }
    }

    /// The one of some versions that a version is, or stands for.
    private func meaning(of key: VersionKey, among own: Set<VersionKey>) -> VersionKey? {
        nearest(key, where: own.contains)
    }

    /// Whether undos gave it back until there was nothing to give back.
    private func isNothing(_ key: VersionKey) -> Bool {
        if let original = original(of: key) { return isNothing(original) }
        let nothing = ["null", "false"].map { ValueHash(of: Array($0.utf8)) }
        return count(key) > 0 && versions[key].map { nothing.contains($0.value) } == true
    }

    /// What a version comes from: of a value of a conflict that an undo opened again, what that stands for.
    private func origins(of version: NaiveVersion) -> Set<VersionKey> {
        let isReopened =
            !version.isByHand && count(version.key) > 0
            && (fields[version.place] ?? []).compactMap { versions[$0] }.contains {
                count($0.key) > 0 && $0.parents == version.parents && $0.value != version.value
            }
        return isReopened ? Set([original(of: version.key)].compactMap(\.self)) : version.parents
    }

    func pastOfMeaning(_ version: NaiveVersion) -> Set<VersionKey> {
        let origins = origins(of: version)
        return origins.reduce(into: origins) { found, key in
            if let origin = versions[key] { found.formUnion(pastOfMeaning(origin)) }
        }
    }

    private func own(_ entry: Set<ChainHash>, at place: NaivePlace) -> Set<VersionKey> {
        (fields[place] ?? []).filter { versions[$0]?.members.isDisjoint(with: entry) == false }
    }

    private func places(of record: NaivePlace) -> [NaivePlace] {
        fields.keys.filter { $0.sibling("deleted") == record }
    }

    /// The entry has the first version of the record in the log, and none of its versions is behind others' ones.
    private func isMade(_ record: NaivePlace, by entry: Set<ChainHash>, order: [ChainHash]) -> Bool {
        let all = places(of: record).filter { !$0.field.hasPrefix("from/") }
        for place in all {
            let own = own(entry, at: place)
            if own.contains(where: { versions[$0]?.past.isSubset(of: own) != true }) { return false }
        }
        let made = all.flatMap { fields[$0] ?? [] }.compactMap { versions[$0] }
        guard let first = order.first(where: { chain in made.contains { $0.members.contains(chain) } }) else {
            return false
        }
        return made.contains { $0.members.contains(first) && !$0.members.isDisjoint(with: entry) }
    }

    /// All that stands in the record and in what hangs on it is the entry's.
    private func isUntouched(_ record: NaivePlace, since entry: Set<ChainHash>) -> Bool {
        hanging(on: record).filter { !isDeleted($0) }.allSatisfy { place in
            let own = own(entry, at: place)
            return (heads[place] ?? []).allSatisfy { isNothing($0) || meaning(of: $0, among: own) != nil }
        }
    }

    /// - Parameter written: by this undo.
    private func holdsOthers(
        _ record: NaivePlace, than deleted: Set<NaivePlace>, after written: [NaiveUndo]
    ) -> Bool {
        guard record.kind == "collection" else { return false }
        let element = "collections/" + Self.text(of: record.record)
        return visible.contains { place, version in
            place.field == element && version.value == Self.isTrue && !isDeleted(place)
                && !deleted.contains(place.sibling("deleted")) && !isTakenOut(place, by: written)
        }
    }

    /// Whether an undo leaves no head of a member of a set that says that it is in it.
    private func isTakenOut(_ place: NaivePlace, by written: [NaiveUndo]) -> Bool {
        let here = written.filter { $0.place == place }
        let others = (heads[place] ?? []).subtracting(here.flatMap(\.replaced))
        return !here.isEmpty && here.allSatisfy { $0.value != Self.isTrue }
            && others.allSatisfy { versions[$0]?.value != Self.isTrue }
    }
}
