public import QuipuCausality

/// An open conflict as a person is shown it.
public struct NaiveConflict: Sendable, Hashable, CustomStringConvertible {
    /// One of the values that stand against each other, under the name it is shown by.
    public struct Contender: Sendable, Hashable {
        public let record: RecordID
        public let field: String
        public let version: TransactionName

        public init(record: RecordID, field: String, version: TransactionName) {
            self.record = record
            self.field = field
            self.version = version
        }
    }

    /// The field, or `deleted` of a deleted record.
    public let place: NaivePlace
    public let isDeletion: Bool
    public let current: Contender
    public let others: Set<Contender>
    /// The one version that both of two contenders replaced.
    public let ancestor: Contender?

    public init(
        place: NaivePlace, isDeletion: Bool, current: Contender, others: Set<Contender>, ancestor: Contender?
    ) {
        self.place = place
        self.isDeletion = isDeletion
        self.current = current
        self.others = others
        self.ancestor = ancestor
    }

    public var description: String {
        func text(_ contender: Contender) -> String {
            "\(contender.record.rawValue).\(contender.field)@\(contender.version)"
        }
        return "\(place)\(isDeletion ? " DELETION" : ""): \(text(current)) against "
            + others.map(text).sorted().joined(separator: ", ")
            + (ancestor.map { ", before \(text($0))" } ?? "")
    }
}

extension NaiveArchive {
    public var conflicts: Set<NaiveConflict> {
        let names = names
        func contender(_ version: NaiveVersion) -> NaiveConflict.Contender? {
            representative(of: version).flatMap { names[$0.chain] }.map {
                .init(record: version.place.record, field: version.place.field, version: $0)
            }
        }
        var found: Set<NaiveConflict> = []
        func add(_ place: NaivePlace, shown: NaiveVersion, open: [NaiveVersion]) {
            guard let current = contender(shown) else { return }
            // Heads with one value are one contender, under the head that ranks highest.
            var others: [ValueHash: NaiveVersion] = [:]
            for head in open where head.value != shown.value {
                if let known = others[head.value], ranksBelow(head, known) { continue }
                others[head.value] = head
            }
            let ancestors =
                others.count == 1
                ? others.values.filter { $0.place == shown.place }
                    .reduce([]) { $0 + nearestCommonAncestors(shown, $1) } : []
            found.insert(
                NaiveConflict(
                    place: place, isDeletion: false, current: current,
                    others: Set(others.values.compactMap(contender)),
                    ancestor: ancestors.count == 1 ? versions[ancestors[0]].flatMap(contender) : nil))
        }
        let groups = groups
        let grouped = Set(groups.values.joined())
        for place in contestedFields where !grouped.contains(place.sibling("deleted")) {
            guard let visible = visible[place] else { continue }
            add(place, shown: visible, open: (heads[place] ?? []).compactMap { versions[$0] })
        }
        for (representative, group) in groups {
            for field in fields(of: group) {
                let (shown, open) = view(of: group, under: representative, field: field)
                guard let shown, !open.isEmpty else { continue }
                add(representative.sibling(field), shown: shown, open: open)
            }
        }
        for (place, unseen) in contestedDeletions {
            guard let current = visible[place].flatMap(contender) else { continue }
            found.insert(
                NaiveConflict(
                    place: place, isDeletion: true, current: current,
                    others: Set(unseen.compactMap { versions[$0].flatMap(contender) }), ancestor: nil))
        }
        return found
    }
}
