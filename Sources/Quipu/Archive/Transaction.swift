internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// Edits that are made together, as `Archive.write` collects them. What it reads is the archive as it was before.
///
/// A record is edited, deleted or restored, and so often as one likes edited: the last value of a field counts.
public struct Transaction: ~Copyable {
    private enum Work {
        case fields([(name: String, json: [UInt8])], isNew: Bool)
        case delete
        case restore
    }

    let store: Store
    private var work: [RecordID: Work] = [:]
    private var order: [RecordID] = []
    /// What was found last: nobody else writes meanwhile, so that it need not be read again.
    private var found: Record?

    init(_ store: Store) { self.store = store }

    // MARK: reading

    /// The archive as it was before.
    public var before: Snapshot { Snapshot(store) }

    public func record(_ id: RecordID) throws(QuipuError) -> Record? {
        if let found, found.id == id { return found }
        return try store.presentRecord(id)
    }

    /// The record that the first letters of a handle, or an id with its kind before it or without, stand for.
    ///
    /// - Throws: `unknownRecord`, `ambiguousHandle`.
    public mutating func find(_ text: String) throws(QuipuError) -> Record {
        let record = try QuipuError.presenting { Record(try store.find(text)) }
        found = record
        return record
    }

    public func records(_ filter: RecordFilter = RecordFilter(), limit: Int? = nil) throws(QuipuError)
        -> [Record]
    {
        try store.presentRecords(filter, limit: limit)
    }

    // MARK: editing

    /// Makes a record.
    ///
    ///     let id = try t.add(.article) { $0.title = "Water"; $0.date = "2026-03-04" }
    ///
    /// - Throws: `missingField`, `unknownField`, `wrongType`, `tooLarge`; `badName` where there is a collection of that
    ///   name already, as there is one on each mirror where it is made by the same name.
    public mutating func add(
        _ kind: RecordKind, _ fill: (inout Fields) throws -> Void
    ) throws -> RecordID {
        var fields = Fields()
        try fill(&fields)
        try check(fields, of: kind)
        return try make(kind, fields.assigned)
    }

    /// Makes a record whose values were checked one by one.
    ///
    /// - Throws: `unknownKind`, `missingField`, `badName`.
    package mutating func make(
        _ kind: RecordKind, _ values: [(name: String, json: [UInt8])]
    ) throws(QuipuError) -> RecordID {
        try QuipuError.presenting {
            try Kinds.known.kind(named: kind.rawValue).check(required: values.map(\.name))
        }
        try checkName(values, of: kind, nil)
        let name = values.last { $0.name == "name" }.flatMap { decodeString($0.json) }
        let id = RecordID(try newID(of: kind, name), kind: kind.rawValue)
        guard work[id] == nil else {
            throw QuipuError(.badName, "there is a collection '\(name ?? "")' already")
        }
        work[id] = .fields(values, isNew: true)
        order.append(id)
        return id
    }

    /// Gives fields values that were checked one by one.
    ///
    /// - Throws: `badName`; once all is written `deleted`.
    package mutating func set(
        _ values: [(name: String, json: [UInt8])], of id: RecordID
    ) throws(QuipuError) {
        try checkName(values, of: id.kind, id)
        try put(values, into: id)
    }

    /// Gives fields new values, in place of what they show now; one in conflict is settled by it.
    ///
    /// - Throws: `unknownRecord`, `deleted`; as `add`.
    public mutating func edit(_ id: RecordID, _ change: (inout Fields) throws -> Void) throws {
        var fields = try present(id)
        try change(&fields)
        try check(fields, of: id.kind)
        try set(fields.assigned, of: id)
    }

    /// Gives fields new values in place of those that `record` shows.
    ///
    /// - Throws: `changedMeanwhile` where a field that is edited shows something else by now: read the record again.
    public mutating func edit(_ record: Record, _ change: (inout Fields) throws -> Void) throws {
        let before = try present(record.id)
        var fields = record.fields
        try change(&fields)
        for (name, _) in fields.assigned where before[name] != record.fields[name] {
            throw QuipuError(
                .changedMeanwhile, "'\(name)' of \(record.id.handle) was changed since it was read")
        }
        try check(fields, of: record.kind)
        try set(fields.assigned, of: record.id)
    }

    /// Deletes a record with what belongs to it. It can be restored; nothing where it is deleted already.
    ///
    /// - Throws: `unknownRecord`.
    public mutating func delete(_ id: RecordID) throws(QuipuError) {
        guard try record(id) != nil else { throw Self.unknown(id) }
        try take(id, .delete)
    }

    /// Brings a deleted record back.
    ///
    /// - Throws: `unknownRecord`; once all is written `notDeleted`, `purged`.
    public mutating func restore(_ id: RecordID) throws(QuipuError) {
        guard try record(id) != nil else { throw Self.unknown(id) }
        try take(id, .restore)
    }

    // MARK: what it comes to

    var edits: [RecordEdit] {
        order.compactMap { id in
            switch work[id] {
            case .fields(let fields, _):
                .fields(
                    Edit(
                        id: id.stored, kind: id.kind.rawValue,
                        changes: fields.map { .init(field: $0.name, json: $0.json) }))
            case .delete: .delete(id.stored, kind: id.kind.rawValue)
            case .restore: .restore(id.stored, kind: id.kind.rawValue)
            case nil: nil
            }
        }
    }

    /// The fields of a record as they are after what was edited so far.
    private func present(_ id: RecordID) throws(QuipuError) -> Fields {
        var fields: Fields
        if case .fields(_, isNew: true) = work[id] {
            fields = Fields()
        } else {
            guard let record = try record(id) else { throw Self.unknown(id) }
            guard !record.isDeleted else { throw QuipuError(.deleted, "\(id.kind) \(id.handle) is deleted") }
            fields = record.fields
        }
        if case .fields(let assigned, _) = work[id] { fields = fields.replacing(assigned) }
        return fields
    }

    /// Gives fields values whatever the record's kind declares, as those that it had once.
    package mutating func put(
        _ assigned: [(name: String, json: [UInt8])], into id: RecordID
    ) throws(QuipuError) {
        switch work[id] {
        case nil:
            work[id] = .fields(assigned, isNew: false)
            order.append(id)
        case .fields(var all, let isNew):
            all.removeAll { old in assigned.contains { $0.name == old.name } }
            work[id] = .fields(all + assigned, isNew: isNew)
        case .delete, .restore: throw Self.twofold(id)
        }
    }

    private mutating func take(_ id: RecordID, _ what: Work) throws(QuipuError) {
        guard work[id] == nil else { throw Self.twofold(id) }
        work[id] = what
        order.append(id)
    }

    private static func unknown(_ id: RecordID) -> QuipuError {
        QuipuError(.unknownRecord, "there is no record \(id)")
    }

    private static func twofold(_ id: RecordID) -> QuipuError {
        QuipuError(
            .init(rawValue: "edited-twice"),
            "\(id.kind) \(id.handle) is edited, deleted or restored in one transaction: do one of them")
    }
}
