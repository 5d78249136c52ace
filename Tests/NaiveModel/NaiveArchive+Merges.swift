internal import QuipuCausality

/// Records that are merged, word for word as Schema/semantics.md has it. A record is told by its place with the field `deleted`.
extension NaiveArchive {
    private static let isNull = ValueHash(of: Array("null".utf8))

    /// All records that can be merged.
    private var articles: Set<NaivePlace> {
        Set(heads.keys.filter { $0.kind == "article" }.map { $0.sibling("deleted") })
    }

    /// Whether anything is merged at all.
    public var holdsMerges: Bool { heads.keys.contains { $0.field == "mergedInto" } }

    private func target(of record: NaivePlace, among articles: Set<NaivePlace>) -> NaivePlace? {
        guard let value = visible[record.sibling("mergedInto")]?.value else { return nil }
        return articles.first { ValueHash(of: Array("\"\(Self.text(of: $0.record))\"".utf8)) == value }
    }

    /// The records from one on, as far as they are not a cycle, and the cycle that they lead to.
    private func path(from record: NaivePlace) -> (straight: [NaivePlace], cycle: [NaivePlace]) {
        let articles = articles
        var path = [record]
        while let next = target(of: path[path.count - 1], among: articles) {
            if let place = path.firstIndex(of: next) { return (Array(path[..<place]), Array(path[place...])) }
            path.append(next)
        }
        return (path, [])
    }

    /// The record, the one it is merged into, and so on.
    func way(from record: NaivePlace) -> [NaivePlace] {
        let (straight, cycle) = path(from: record)
        return straight + cycle
    }

    /// The record under which a record is shown.
    public func representative(of record: NaivePlace) -> NaivePlace {
        let (straight, cycle) = path(from: record.sibling("deleted"))
        if let least = cycle.filter({ !isDeleted($0) }).min() { return least }
        if let last = straight.last(where: { !isDeleted($0) }) { return last }
        return cycle.min() ?? straight[straight.count - 1]
    }

    /// By representatives that are not alone all of their groups, themselves included.
    public var groups: [NaivePlace: Set<NaivePlace>] {
        guard holdsMerges else { return [:] }
        let all = Dictionary(grouping: articles) { representative(of: $0) }
        return all.filter { $0.value.count > 1 }.mapValues { Set($0) }
    }

    /// Whether a record is deleted, and the one under which it is shown is not.
    public func isDeletedAlone(_ record: NaivePlace) -> Bool {
        isDeleted(record) && !isDeleted(representative(of: record))
    }

    /// What a group shows in a field, and which versions stand open beside it.
    public func view(
        of group: Set<NaivePlace>, under representative: NaivePlace, field: String
    ) -> (shown: NaiveVersion?, open: [NaiveVersion]) {
        func standing(_ record: NaivePlace) -> [NaiveVersion] {
            (heads[record.sibling(field)] ?? []).compactMap { versions[$0] }
        }
        func seen(by makers: [NaiveVersion]) -> Set<ChainHash> {
            makers.reduce(into: []) { seen, version in
                for maker in version.members { seen.formUnion(transactions[maker]?.observed ?? []) }
            }
        }
        func greatest(_ some: [NaiveVersion]) -> NaiveVersion? { some.max { ranksBelow($0, $1) } }
        let own = standing(representative)
        let hasOwn = own.contains { $0.value != Self.isNull }
        let seenByEdits = seen(by: own)
        var others: [NaiveVersion] = []
        for member in group where member != representative {
            let (straight, cycle) = path(from: member)
            let merges = (straight + cycle).flatMap { record in
                (heads[record.sibling("mergedInto")] ?? []).compactMap { versions[$0] }
            }
            let known = hasOwn ? seenByEdits.union(seen(by: merges)) : seenByEdits
            others += standing(member).filter {
                $0.value != Self.isNull && $0.members.isDisjoint(with: known)
            }
        }
        let shown =
            hasOwn ? greatest(own.filter { $0.value != Self.isNull }) : greatest(others) ?? greatest(own)
        let beside = (hasOwn || others.isEmpty ? own : []) + others
        return (shown, beside.filter { $0.value != shown?.value })
    }

    /// The fields of a group but those that are each record's own, and what the program noted.
    public func fields(of group: Set<NaivePlace>) -> Set<String> {
        Set(heads.keys.filter { group.contains($0.sibling("deleted")) }.map(\.field)).filter {
            $0 != "deleted" && $0 != "mergedInto" && !$0.hasPrefix("from/") && !$0.hasPrefix("derived/")
        }
    }
}
