import QuipuCausality

/// Does what a step of a small world says, as the store does it: by the rules of Schema/semantics.md for who writes what.
struct PureAuthor {
    let replica: PureReplica
    let seat: Int
    /// How often this one has written before: its values are told apart by it.
    let count: Int

    private var value: String { "\"\(seat) \(count)\"" }
    private var fresh: Origin { Origin(rawValue: UInt128(100 * (seat + 1) + count)) }
    private var isDeleted: Bool { replica.isDeleted(PureWorld.article) }

    /// - Returns: nil when it changes nothing.
    func perform(_ step: Step) -> PureReplica? {
        switch step {
        case .set: edit([("body", value)])
        case .setTwo: edit([("body", value), ("title", value)])
        case .tag: edit([("tags/river", "true")])
        case .untag: versions("tags/river").versions.isEmpty ? nil : edit([("tags/river", "false")])
        case .annotate: annotate()
        case .importing(_, let edition): importing(edition)
        case .delete: delete()
        case .restore: isDeleted && !isPurged ? flag("false") : nil
        case .purge: purge()
        case .resolve(_, let choice): resolve(choice)
        case .mergeByHand: versions("body").isInConflict ? edit([("body", value)]) : nil
        case .merge: merge()
        case .importingOther, .setOther, .join, .joinBack, .part: nil
        case .undo, .compact, .copy, .putBack, .putBackArchive, .exchange, .pull, .cut: nil
        }
    }

    private func versions(_ field: String) -> FieldVersions {
        replica.fields[PureWorld.article.sibling(field)] ?? FieldVersions()
    }

    private func written(
        byHand: Bool = true, _ changes: [(NaivePlace, String, [Version])], observed: Set<ChainHash> = []
    ) -> PureReplica? {
        if changes.isEmpty { return nil }
        var after = replica
        after.write(byHand: byHand, changes.map { ($0, $1, over: $2) }, observed: observed, fresh: fresh)
        return after
    }

    /// A field that has its value already is left alone where nobody else can have replaced it.
    private func edit(_ changes: [(String, String)]) -> PureReplica? {
        if isDeleted { return nil }
        return written(
            changes.compactMap { field, value in
                let heads = versions(field).heads
                if heads.contains(where: { $0.value == ValueHash(value) }), isKnownHereOnly(heads) {
                    return nil
                }
                return (PureWorld.article.sibling(field), value, heads)
            })
    }

    private func isKnownHereOnly(_ heads: [Version]) -> Bool {
        guard heads.count == 1, let head = heads.first, head.isByHand else { return false }
        return replica.log.dropFirst(Int(head.representative.position) - 1)
            .allSatisfy { replica.own.contains($0.chain) }
    }

    private func annotate() -> PureReplica? {
        if isDeleted || replica.log.isEmpty { return nil }
        let place = NaivePlace(RecordID(rawValue: UInt128(1_000 + 100 * seat + count)), "annotation", "text")
        return written([(place, value, []), (place.sibling("target"), "\"\(PureWorld.articleText)\"", [])])
    }

    private func importing(_ edition: String) -> PureReplica? {
        if isDeleted { return nil }
        let source = [("body", "\"\(edition)\""), ("title", "\"T\"")]
        return written(
            byHand: false,
            source.compactMap { field, value in
                let frontier = versions(field).importFrontier
                if frontier.contains(where: { $0.value == ValueHash(value) }) { return nil }
                return (PureWorld.article.sibling(field), value, frontier)
            })
    }

    private func delete() -> PureReplica? {
        let hasFields = replica.fields.keys.contains { $0.sibling("") == PureWorld.article }
        let values = Set(versions("deleted").heads.map(\.value))
        let isSettled =
            isDeleted && values.count == 1 && replica.unobservedHeads(of: PureWorld.article).isEmpty
        return hasFields && !isSettled ? flag("true") : nil
    }

    /// Purged, and nothing by hand stands against that in the article or in what hangs on it.
    private var isPurged: Bool {
        let fields = replica.hanging(on: PureWorld.article).filter { !Purge.leaves($0.field) }
        let heads = fields.flatMap { replica.fields[$0]?.heads ?? [] }
        return heads.contains(where: \.isPurge) && heads.allSatisfy { $0.isPurge || $0.isImport }
    }

    /// Gives no value to every field of the article and of what hangs on it, and deletes them again.
    private func purge() -> PureReplica? {
        guard isDeleted, !versions("deleted").isInConflict,
            replica.unobservedHeads(of: PureWorld.article).isEmpty
        else { return nil }
        var changes: [(NaivePlace, String, [Version])] = []
        var observed: Set<ChainHash> = []
        for place in replica.hanging(on: PureWorld.article) {
            let heads = replica.fields[place]?.heads ?? []
            observed.formUnion(heads.map(\.representative.chain))
            if Purge.leaves(place.field) || heads.allSatisfy(\.isPurge) { continue }
            changes.append((place, "null", heads))
        }
        for record in Set(changes.map { $0.0.sibling("deleted") }).sorted() {
            changes.append((record, "true", replica.fields[record]?.heads ?? []))
        }
        return written(changes, observed: observed)
    }

    /// Whatever sets `deleted` to true is a delete, and lists what it saw.
    private func flag(_ value: String) -> PureReplica? {
        var observed: Set<ChainHash> = []
        if value == "true" {
            for place in replica.hanging(on: PureWorld.article) {
                observed.formUnion((replica.fields[place]?.heads ?? []).map(\.representative.chain))
            }
        }
        return written(
            [(PureWorld.article.sibling("deleted"), value, versions("deleted").heads)], observed: observed)
    }

    /// A person takes one of the values that stand against each other; of a deletion, to keep or to confirm.
    private func resolve(_ choice: Int) -> PureReplica? {
        let isContested = isDeleted && !replica.unobservedHeads(of: PureWorld.article).isEmpty
        let fields = replica.fields.keys.sorted().filter { replica.fields[$0]?.isInConflict == true }
        guard let place = fields.first, place.field != "deleted", !isDeleted else {
            guard isContested || fields.contains(PureWorld.article.sibling("deleted")) else { return nil }
            return choice == 0 ? delete() : isDeleted && !isPurged ? flag("false") : nil
        }
        var values: [ValueHash] = []
        let field = replica.fields[place] ?? FieldVersions()
        for head in field.rankedHeads where !values.contains(head.value) { values.append(head.value) }
        return taken(values[choice % values.count], at: place, over: field.heads)
    }

    private func taken(_ value: ValueHash, at place: NaivePlace, over heads: [Version]) -> PureReplica? {
        var after = replica
        after.write(
            byHand: true, hashes: [(place, value, over: heads)], observed: [], fresh: fresh)
        return after
    }

    /// Two heads by hand, one of them one's own, with one nearest common ancestor.
    private func merge() -> PureReplica? {
        let field = versions("body")
        let heads = field.heads.sorted { $0.key < $1.key }
        guard !isDeleted, heads.count == 2, heads.allSatisfy(\.isByHand), heads[0].value != heads[1].value,
            heads.contains(where: { !replica.own.isDisjoint(with: $0.members.map(\.chain)) }),
            field.nearestCommonAncestors(heads[0], heads[1]).count == 1
        else { return nil }
        let both = heads.map(\.value.hexadecimal).sorted().joined(separator: "+")
        return written(byHand: false, [(PureWorld.body, "merged \(both)", heads)])
    }
}
