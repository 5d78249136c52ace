public import NaiveModel
public import QuipuCausality
public import QuipuStorage

/// What a store says of itself, through its public functions alone, to be held against the naive model.
public struct StoreReading: Sendable {
    public struct Record: Sendable, Hashable {
        public let id: RecordID
        public let kind: String
        public let isDeleted: Bool
        public let isInConflict: Bool
        public let fields: [String: ValueHash]
    }

    public let log: NaiveLog
    public let starts: Set<ChainHash>
    public let vector: Vector
    public let digest: Digest
    public let records: [Record]
    public let conflicts: Set<NaiveConflict>
    public let missingTexts: Int

    public init(_ store: Store) throws {
        var log = NaiveLog()
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            try log.append(transaction)
            return true
        }
        self.log = log
        starts = Set(try store.log.branchStarts)
        vector = try store.log.vector()
        digest = try store.digest
        missingTexts = try store.texts.missingCount
        var records: [Record] = []
        var filter = RecordFilter()
        filter.includesDeleted = true
        try store.forEachRecord(filter) { record in
            var fields: [String: ValueHash] = [:]
            for field in record.fields { fields[field.name] = ValueHash(of: field.json) }
            records.append(
                Record(
                    id: record.id, kind: record.kind, isDeleted: record.isDeleted,
                    isInConflict: record.isInConflict, fields: fields))
            return true
        }
        self.records = records
        conflicts = Set(try store.conflicts().map { NaiveConflict($0) })
    }

    /// The transactions that are held.
    public var chains: Set<ChainHash> { Set(log.transactions.map(\.chain)) }

    /// What the model makes of the same log.
    public var model: NaiveArchive { NaiveArchive(log.transactions, starts: starts) }

    /// In what the store differs from the model of its own log; nil when it is the same in everything.
    public func complaint(against model: NaiveArchive) -> String? {
        if let wrong = model.namingComplaint ?? model.keyComplaint ?? model.ownVersionComplaint {
            return wrong
        }
        let names = model.names
        for (name, chain) in log.chains where names[chain] != name {
            return "what the log calls \(name) is \(names[chain].map(\.description) ?? "nothing")"
        }
        if vector != model.vector { return "its vector is \(vector.entries), not \(model.vector.entries)" }
        if digest != model.digest { return "its digest is \(digest), not \(model.digest)" }
        let implied = model.conflicts
        if conflicts != implied { return "its conflicts are \(conflicts), not \(implied)" }
        return complaint(ofRecordsAgainst: model, implied) ?? complaint(ofTextsAgainst: model)
    }

    /// The records that are shown with others.
    public var groupedRecords: Set<RecordID> { Set(model.groups.values.joined().map(\.record)) }

    /// In what merged records, or what stands open in them, differ from the model of the store's own log.
    public var complaintOfMerges: String? {
        let model = model
        let grouped = Set(model.groups.values.joined().map(\.record))
        func ofGroups(_ conflicts: Set<NaiveConflict>) -> Set<NaiveConflict> {
            conflicts.filter { grouped.contains($0.place.record) && !$0.isDeletion }
        }
        let (found, implied) = (ofGroups(conflicts), ofGroups(model.conflicts))
        if found != implied { return "conflicts of merged records are \(found), not \(implied)" }
        return complaint(ofRecordsAgainst: model, model.conflicts)
    }

    /// What hangs on any of the records that are shown as one is listed with that one.
    public func complaintOfDependents(in store: Store) throws -> String? {
        for (representative, group) in model.groups {
            let names = Set(group.map { ValueHash(of: Array("\"\($0.record.text)\"".utf8)) })
            let expected = records.filter {
                !$0.isDeleted && $0.fields["target"].map(names.contains) == true
            }
            let found = try store.records.attachments(to: representative.record)
            guard Set(found.map(\.id)) == Set(expected.map(\.id)) else {
                return "\(found.count) of \(expected.count) on \(representative)"
            }
        }
        return nil
    }

    private func complaint(ofRecordsAgainst model: NaiveArchive, _ implied: Set<NaiveConflict>) -> String? {
        var shown: Set<NaivePlace> = []
        let groups = model.groups
        let members = Set(groups.flatMap { group in group.value.filter { $0 != group.key } })
        for record in records {
            let deletion = NaivePlace(record.id, record.kind, "deleted")
            if members.contains(deletion), !model.isDeletedAlone(deletion) {
                return "\(record) is listed though it is shown under another one"
            }
            if record.isDeleted != model.isDeleted(deletion) {
                return "\(record) is \(record.isDeleted ? "" : "not ")shown as deleted"
            }
            let isInConflict = implied.contains { $0.place.sibling("deleted") == deletion }
            if record.isInConflict != isInConflict {
                return "\(record) is \(record.isInConflict ? "" : "not ")shown as in conflict"
            }
            if let group = groups[deletion] {
                if let wrong = complaint(of: record, group, under: deletion, in: model) { return wrong }
                continue
            }
            for (field, value) in record.fields {
                let place = deletion.sibling(field)
                shown.insert(place)
                if model.visible[place]?.value != value { return "\(place) shows what is not visible" }
            }
        }
        let known = Set(records.map { NaivePlace($0.id, $0.kind, "deleted") })
        for (place, version) in model.visible {
            let record = place.sibling("deleted")
            if groups[record] != nil { continue }
            if members.contains(record), !model.isDeletedAlone(record) { continue }
            if !known.contains(place.sibling("deleted")) { return "\(place) has no record" }
            if place.field != "deleted", !shown.contains(place), log.texts.contains(version.value) {
                return "\(place) is not shown though its text is here"
            }
        }
        return nil
    }

    private func complaint(
        of record: Record, _ group: Set<NaivePlace>, under representative: NaivePlace, in model: NaiveArchive
    ) -> String? {
        let names = model.fields(of: group)
        for name in names {
            let implied = model.view(of: group, under: representative, field: name).shown?.value
            guard record.fields[name] != implied else { continue }
            if record.fields[name] == nil, let implied, !log.texts.contains(implied) { continue }
            return "\(name) of \(record) and what is merged into it is not what follows from their heads"
        }
        let strange = record.fields.keys.first {
            !names.contains($0) && !$0.hasPrefix("from/") && !$0.hasPrefix("derived/")
        }
        return strange.map { "\(record) shows \($0), which none of them has" }
    }

    private func complaint(ofTextsAgainst model: NaiveArchive) -> String? {
        let lacking = model.wantedValues.subtracting(log.texts)
        if missingTexts < lacking.count {
            return "\(lacking.count) wanted texts are not here, and it asks for \(missingTexts)"
        }
        return nil
    }
}

extension NaiveConflict {
    init(_ conflict: Conflict) {
        func contender(_ contender: QuipuStorage.Contender) -> Contender {
            Contender(record: contender.record, field: contender.field, version: contender.version)
        }
        self.init(
            place: NaivePlace(conflict.id, conflict.kind, conflict.field), isDeletion: conflict.isDeletion,
            current: contender(conflict.current), others: Set(conflict.others.map(contender)),
            ancestor: conflict.ancestor.map(contender))
    }
}
