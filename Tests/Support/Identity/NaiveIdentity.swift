internal import NaiveModel
internal import QuipuCanonicalJSON
public import QuipuCausality
public import QuipuStorage

/// The rules of what counts as the same article, in the plainest way: every record is looked at, and what it holds
/// follows from the set of transactions. It shares no rule with the store, only the form of what the store remembers.
public struct NaiveIdentity {
    private let model: NaiveArchive
    private let log: [NaiveTransaction]
    private let texts: [ValueHash: [UInt8]]
    private static let none = ValueHash(of: Array("null".utf8))

    public init(_ store: Store) throws {
        var log = NaiveLog()
        var texts: [ValueHash: [UInt8]] = [:]
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            try log.append(transaction)
            for change in transaction.records.flatMap(\.fields) where change.field.hasPrefix("from/") {
                if let text = try change.value.text ?? store.texts.text(of: change.value.hash) {
                    texts[change.value.hash] = text
                }
            }
            return true
        }
        self.log = log.transactions
        self.texts = texts
        model = NaiveArchive(log.transactions, starts: Set(try store.log.branchStarts))
    }

    private func place(_ record: RecordID, _ field: String) -> NaivePlace {
        NaivePlace(record, "article", field)
    }

    public var records: [RecordID] {
        Set(model.fields.keys.filter { $0.kind == "article" }.map(\.record)).sorted()
    }

    private func heads(_ record: RecordID, _ field: String) -> [NaiveVersion] {
        (model.heads[place(record, field)] ?? []).compactMap { model.versions[$0] }
    }

    private func standing(_ record: RecordID, _ field: String) -> Set<ValueHash> {
        Set(heads(record, field).map(\.value)).subtracting([Self.none])
    }

    func imported(_ record: RecordID, _ field: String) -> Set<ValueHash> {
        let versions = (model.fields[place(record, field)] ?? []).compactMap { model.versions[$0] }
        return Set(versions.filter(\.isImport).map(\.value)).subtracting([Self.none])
    }

    private func frontier(_ record: RecordID, _ field: String) -> Set<ValueHash> {
        Set(model.importFrontier(of: place(record, field)).compactMap { model.versions[$0]?.value })
    }

    func isDeleted(_ record: RecordID) -> Bool { model.isDeleted(place(record, "deleted")) }

    private func ids(_ record: RecordID, _ source: ItemSource) -> Set<String> {
        Set(standing(record, source.field).compactMap { texts[$0].flatMap { SourceState(parsing: $0)?.id } })
    }

    private func isTitleGiven(_ record: RecordID) -> Bool {
        guard let title = model.visible[place(record, "title")] else { return false }
        return title.isByHand
            || model.visible[place(record, "derived/title")]?.value != ValueHash(of: Array("true".utf8))
    }

    // MARK: Whose an item is

    private enum Rank { case open, agree, replaced, disagree }

    private static func hash(_ item: SharedItem, _ field: String) -> ValueHash? {
        item.fields.first { $0.name == field }.map { ValueHash(of: $0.json) }
    }

    private func knowsTitle(_ record: RecordID, _ item: SharedItem) -> Bool {
        guard let title = Self.hash(item, "title") else { return false }
        return standing(record, "title").contains(title) || imported(record, "title").contains(title)
    }

    /// The agreements, the strongest rank first; nil where the item is not about the record.
    private func match(_ record: RecordID, _ item: SharedItem) -> [Rank]? {
        var ranks: [Rank] = [.open]
        if let source = item.source {
            let known = ids(record, source)
            if !known.isEmpty { ranks[0] = known.contains(source.id) ? .agree : .disagree }
        }
        for field in ["doi", "url", "body"] {
            let standing = standing(record, field)
            let ever = imported(record, field)
            var rank = Rank.open
            if let value = Self.hash(item, field), field != "body" || item.text ?? 2 < 2 {
                if standing.contains(value) {
                    rank = .agree
                } else if ever.contains(value) {
                    rank = standing.isEmpty ? .agree : .replaced
                } else if !standing.isEmpty || !ever.isEmpty {
                    rank = field == "body" ? .open : .disagree
                }
            }
            if field == "body", rank == .agree || rank == .replaced, !leavesOpen(record, item) {
                rank = .open
            }
            ranks.append(rank)
        }
        let isSure = knowsTitle(record, item) || ranks.contains(.agree)
        ranks = ranks.map { $0 == .replaced ? (isSure ? .agree : .disagree) : $0 }
        return ranks.first { $0 != .open } == .agree ? ranks : nil
    }

    private func leavesOpen(_ record: RecordID, _ item: SharedItem) -> Bool {
        if item.title != nil, !item.isTitleDerived, isTitleGiven(record), !knowsTitle(record, item) {
            return false
        }
        guard let date = Self.hash(item, "date") else { return true }
        let dates = standing(record, "date")
        return dates.isEmpty || dates.contains(date) || imported(record, "date").contains(date)
    }

    private static func given(_ item: SharedItem) -> [(name: String, json: [UInt8])] {
        item.fields.filter { !$0.name.hasPrefix("derived/") && !($0.name == "title" && item.isTitleDerived) }
    }

    private func knows(_ record: RecordID, _ item: SharedItem) -> Bool {
        if let source = item.source { return ids(record, source).contains(source.id) }
        let mark = LeftItems.mark(of: item.importItem)
        if standing(record, LeftItems.field).contains(where: {
            texts[$0].map { LeftItems.marks(in: $0).contains(mark) } ?? false
        }) {
            return true
        }
        return Self.given(item).allSatisfy { imported(record, $0.name).contains(ValueHash(of: $0.json)) }
    }

    /// Whether anything at all leads from the item to the record.
    private func isCandidate(_ record: RecordID, _ item: SharedItem) -> Bool {
        if knowsByNothingElse(item) { return isMadeOf(record, item) }
        return true
    }

    /// An item without any key is known by all that it gave the record when it made it.
    private func knowsByNothingElse(_ item: SharedItem) -> Bool {
        item.source == nil && item.doi == nil && item.url == nil && item.text ?? 2 >= 2
    }

    private func isMadeOf(_ record: RecordID, _ item: SharedItem) -> Bool {
        guard let first = log.first(where: { $0.changes.contains { $0.place.record == record } }),
            !first.isByHand
        else { return false }
        let made = first.changes.filter {
            $0.place.record == record && !$0.place.field.hasPrefix("collections/")
        }
        let names = Set(made.map(\.place.field))
        let isDerived = names.contains("derived/title")
        var values: [String: ValueHash] = [:]
        for change in made
        where !change.place.field.hasPrefix("derived/") && !(isDerived && change.place.field == "title") {
            values[change.place.field] = change.value
        }
        var expected: [String: ValueHash] = [:]
        for field in Self.given(item) { expected[field.name] = ValueHash(of: field.json) }
        return values == expected
    }

    /// The record that an item is about.
    func find(_ item: SharedItem) -> RecordID? {
        var best: (knows: Bool, isAlive: Bool, ranks: [Rank], id: RecordID)?
        let candidates = records.filter { isCandidate($0, item) }
        let knowing = candidates.filter { knows($0, item) }
        for record in item.source != nil && !knowing.isEmpty ? knowing : candidates {
            let ranks = match(record, item)
            let knows = knowing.contains(record)
            guard knows || ranks != nil else { continue }
            let other = (knows: knows, isAlive: !isDeleted(record), ranks: ranks ?? [], id: record)
            if let known = best, !precedes(other, known) { continue }
            best = other
        }
        return best?.id
    }

    private typealias Ranked = (knows: Bool, isAlive: Bool, ranks: [Rank], id: RecordID)

    private func precedes(_ one: Ranked, _ other: Ranked) -> Bool {
        func order(_ rank: Rank) -> Int { rank == .agree ? 2 : rank == .open ? 1 : 0 }
        if one.knows != other.knows { return one.knows }
        if one.isAlive != other.isAlive { return one.isAlive }
        for (left, right) in zip(one.ranks, other.ranks) where order(left) != order(right) {
            return order(left) > order(right)
        }
        if one.ranks.isEmpty != other.ranks.isEmpty { return other.ranks.isEmpty }
        return one.id < other.id
    }

    // MARK: What it writes

    /// What importing an item must do.
    struct Expectation {
        /// Nil for a new one.
        var record: RecordID?
        var staysDeleted = false
        /// The fields that are written, what the program remembers of sources apart.
        var written: Set<String> = []
        /// The fields of which values are left.
        var left: Set<String> = []
        /// Whether a state of its source is remembered.
        var isRemembered = false
    }

    func expectation(of item: SharedItem, isFirst: (RecordID) -> Bool) -> Expectation {
        var expected = Expectation()
        guard let record = find(item) else {
            expected.written = Set(item.fields.map(\.name))
            expected.isRemembered = item.source != nil
            return expected
        }
        expected.record = record
        if isDeleted(record) {
            expected.staysDeleted = true
            return expected
        }
        var last: [SourceState] = []
        if let source = item.source {
            let state = ValueHash(of: SourceState(of: item.importItem, id: source.id).json)
            for other in records where ids(other, source).contains(source.id) {
                let values = (model.fields[place(other, source.field)] ?? []).compactMap {
                    model.versions[$0]?.value
                }
                if values.contains(state) { return expected }
                last += standing(other, source.field).compactMap {
                    texts[$0].flatMap(SourceState.init(parsing:))
                }
                .filter { $0.id == source.id }
            }
            expected.isRemembered = true
        } else {
            let mark = LeftItems.mark(of: item.importItem)
            let marks = standing(record, LeftItems.field).flatMap { texts[$0].map(LeftItems.marks) ?? [] }
            if marks.contains(mark) { return expected }
        }
        let isFirst = isFirst(record)
        let isGiven = isTitleGiven(record)
        let hasDerived =
            model.visible[place(record, "derived/title")]?.value == ValueHash(of: Array("true".utf8))
        var fields = item.fields
        if item.isTitleDerived, isGiven {
            fields.removeAll { $0.name == "title" || $0.name == "derived/title" }
        }
        if item.title != nil, !item.isTitleDerived, hasDerived {
            fields.append(("derived/title", Array("false".utf8)))
        }
        for field in fields {
            let value = ValueHash(of: field.json)
            let isTitle = field.name == "title" || field.name == "derived/title"
            let replacesMadeUp =
                isTitle && item.title != nil && !item.isTitleDerived && !isGiven
                && model.visible[place(record, "title")] != nil
            if !isFirst, !heads(record, field.name).isEmpty, !replacesMadeUp {
                if !imported(record, field.name).contains(value) { expected.left.insert(field.name) }
                continue
            }
            if item.source == nil {
                if imported(record, field.name).contains(value) { continue }
            } else {
                if last.contains(where: { $0.read[field.name] == SourceState.shortHash(field.json) }) {
                    continue
                }
                if frontier(record, field.name).contains(value) { continue }
            }
            expected.written.insert(field.name)
        }
        return expected
    }
}
