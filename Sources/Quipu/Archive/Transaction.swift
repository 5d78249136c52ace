internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// Edits that are written together, as `Archive.write` collects them.
///
/// Reads see the archive before the edits: `record`, `records` and `find` do not return a record that `add` made in the same
/// transaction, which can only be edited there. Annotate or delete it in the next `write`.
///
/// A record is either edited, deleted or restored. It can be edited repeatedly: the last value of a field counts.
public struct Transaction: ~Copyable {
    private enum Work {
        case fields([(name: String, json: [UInt8])], isNew: Bool)
        case delete
        case restore
        case merge(into: RecordID)
        case unmerge
        case split(ImportedItem?)
    }

    let store: Store
    private var work: [RecordID: Work] = [:]
    private var order: [RecordID] = []
    /// For fields whose edits replace versions that somebody has seen: these versions, by record and field. Other edits of the
    /// same transaction replace what the field has now.
    private var seen: [RecordID: [String: [TransactionName]]] = [:]
    /// The record found last: no other writer is active, so it need not be read again.
    private var found: Record?

    init(_ store: Store) { self.store = store }

    // MARK: reading

    /// The archive before the edits.
    public var before: Snapshot { Snapshot(store) }

    /// A record as it was before the edits; nil if there is none, or this transaction makes it.
    ///
    ///     guard try t.record(id)?.isDeleted == false else { return }
    ///
    /// - Throws: `damaged` and the like.
    public func record(_ id: RecordID) throws(QuipuError) -> Record? {
        if let found, found.id == id { return found }
        return try store.presentRecord(id)
    }

    /// Finds a record by the first letters of its handle, by its id with or without its kind, or an article by its web
    /// address or DOI.
    ///
    ///     let id = try t.find("3k9x7t2m").id
    ///
    /// - Throws: `unknownRecord`, `ambiguousHandle`.
    public mutating func find(_ text: String) throws(QuipuError) -> Record {
        let record = try QuipuError.presenting { Record(try store.find(text)) }
        found = record
        return record
    }

    /// The records that fit a filter, as they were before the edits, in the order in which they came to this mirror.
    ///
    ///     for record in try t.records(.init(tag: "draft")) { try t.delete(record.id) }
    ///
    /// - Parameter limit: the maximum number; nil for all.
    /// - Throws: `damaged` and the like.
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
    /// - Throws: `missingField`, `unknownField`, `wrongType`, `tooLarge`; `badName` if a collection of that
    ///   name exists; collections with the same name are the same record on every mirror.
    public mutating func add(
        _ kind: RecordKind, _ fill: (inout Fields) throws -> Void
    ) throws -> RecordID {
        var fields = Fields()
        try fill(&fields)
        try check(fields, of: kind)
        return try make(kind, EmptyValue.removed(from: fields.assigned, of: kind))
    }

    /// Adds a record with values that were checked one by one.
    ///
    /// - Throws: `unknownKind`, `missingField`, `badName`.
    package mutating func make(
        _ kind: RecordKind, _ values: [(name: String, json: [UInt8])]
    ) throws(QuipuError) -> RecordID {
        try QuipuError.presenting {
            try Kinds.known.kind(named: kind.rawValue).check(required: values.map(\.name))
        }
        try checkName(values, of: kind, nil)
        // A new record has no value that could be taken away.
        let given = values.filter { $0.json != JSONLiteral.null }
        let values = given.isEmpty ? values : given
        let name = values.last { $0.name == "name" }.flatMap { decodeString($0.json) }
        let id = RecordID(try newID(of: kind, name), kind: kind.rawValue)
        try checkQuery(values, of: kind, id)
        guard work[id] == nil else {
            throw QuipuError(.badName, "there is a collection '\(name ?? "")' already")
        }
        work[id] = .fields(values, isNew: true)
        order.append(id)
        return id
    }

    /// Sets fields to values that were checked one by one.
    ///
    /// - Throws: `badName`; `deleted` when the transaction is written.
    package mutating func set(
        _ values: [(name: String, json: [UInt8])], of id: RecordID
    ) throws(QuipuError) {
        try checkName(values, of: id.kind, id)
        try checkQuery(values, of: id.kind, id)
        try put(values, into: id)
    }

    /// Sets fields, replacing their current values; this settles their conflicts. An empty text takes a field's value away.
    ///
    ///     try archive.write { t in try t.edit(id) { $0.title = "High water" } }
    ///
    /// - Throws: `unknownRecord`, `deleted`; as `add`.
    public mutating func edit(_ id: RecordID, _ change: (inout Fields) throws -> Void) throws {
        var fields = try present(id)
        try change(&fields)
        try check(fields, of: id.kind)
        try set(EmptyValue.removed(from: fields.assigned, of: id.kind), of: id)
    }

    /// Sets fields, replacing the values in `record`.
    ///
    ///     let record = try archive.read { try $0.find("3k9x7t2m") }
    ///     try archive.write { t in try t.edit(record) { $0.title = "High water" } }
    ///
    /// - Throws: `changedMeanwhile` if an edited field has another value by now: read the record again. What this transaction
    ///   gave the field does not count.
    public mutating func edit(_ record: Record, _ change: (inout Fields) throws -> Void) throws {
        _ = try present(record.id)
        let before = try self.record(record.id)?.fields ?? Fields()
        var fields = record.fields
        try change(&fields)
        for (name, _) in fields.assigned where before[name] != record.fields[name] {
            throw QuipuError(
                .changedMeanwhile, "'\(name)' of \(record.id.handle) was changed since it was read")
        }
        try check(fields, of: record.kind)
        try set(EmptyValue.removed(from: fields.assigned, of: record.kind), of: record.id)
    }

    /// Deletes a record with what belongs to it. It can be restored. Does nothing if it is already deleted.
    ///
    ///     try archive.write("delete") { try $0.delete(id) }
    ///
    /// - Throws: `unknownRecord`.
    public mutating func delete(_ id: RecordID) throws(QuipuError) {
        guard try record(id) != nil else { throw Self.unknown(id) }
        try take(id, .delete)
    }

    /// Brings a deleted record back.
    ///
    ///     try archive.write("restore") { try $0.restore(id) }
    ///
    /// - Throws: `unknownRecord`; `notDeleted` and `purged` when the transaction is written.
    public mutating func restore(_ id: RecordID) throws(QuipuError) {
        guard try record(id) != nil else { throw Self.unknown(id) }
        try take(id, .restore)
    }

    /// Shows records as one from now on, under one of them. Nothing is copied: fields that this one has no value in show the
    /// others', and what is written by itself in one of the others later is a conflict. `unmerge` takes one out again.
    ///
    ///     try archive.write("merge") { try $0.merge([copy], into: article) }
    ///
    /// - Parameter others: articles, as `keep` is.
    /// - Throws: `unknownRecord`, `deleted` and `wrongType` when the transaction is written, for records that are no articles or
    ///   are shown as one already.
    public mutating func merge(_ others: [RecordID], into keep: RecordID) throws(QuipuError) {
        for other in others {
            guard other.kind == keep.kind else {
                throw QuipuError(
                    .wrongType,
                    "\(other.kind) \(other.handle) is not of the same kind as \(keep.kind) \(keep.handle)",
                    hint: "only records of one kind can be one")
            }
            try take(other, .merge(into: keep))
        }
    }

    /// Takes a record out of the one that it was merged into. It shows its own values again; what was written in the meantime
    /// stays with that one.
    ///
    ///     try archive.write("unmerge") { try $0.unmerge(copy) }
    ///
    /// - Throws: `unknownRecord` and `notMerged` when the transaction is written.
    public mutating func unmerge(_ id: RecordID) throws(QuipuError) { try take(id, .unmerge) }

    /// Takes an item of a source that was imported into a record of another article out of it, into a record of its own, as far
    /// as the archive remembers what the item gave. The outcome of `Archive.edit` names the new record.
    ///
    /// - Parameter item: one of those that `Record.sourceItems` lists; nil for the later of two items of one source.
    /// - Throws: `unknownRecord`, `deleted` and `notSplittable` when the transaction is written.
    public mutating func split(_ id: RecordID, item: ImportedItem? = nil) throws(QuipuError) {
        try take(id, .split(item))
    }

    // MARK: what it comes to

    var edits: [RecordEdit] {
        order.compactMap { id in
            switch work[id] {
            case .fields(let fields, _):
                .fields(
                    Edit(
                        id: id.stored, kind: id.kind.rawValue,
                        changes: fields.map { field in
                            .init(
                                field: field.name, json: field.json,
                                replaces: seen[id]?[field.name])
                        }))
            case .delete: .delete(id.stored, kind: id.kind.rawValue)
            case .restore: .restore(id.stored, kind: id.kind.rawValue)
            case .merge(let keep): .merge([id.stored], into: keep.stored, kind: id.kind.rawValue)
            case .unmerge: .unmerge(id.stored, kind: id.kind.rawValue)
            case .split(let item): .split(id.stored, kind: id.kind.rawValue, item: item?.stored)
            case nil: nil
            }
        }
    }

    /// The fields of a record, including the edits so far.
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

    /// Sets fields without checking them against the record's kind, for instance to earlier values.
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
        case .delete, .restore, .merge, .unmerge, .split: throw Self.twofold(id)
        }
        for (name, _) in assigned { seen[id]?[name] = nil }
    }

    /// The same, replacing the versions that somebody has seen. A record that was deleted since can be edited in this way;
    /// the edit and the deletion are then in conflict.
    ///
    /// - Parameter versions: by field.
    mutating func put(
        _ assigned: [(name: String, json: [UInt8])], into id: RecordID,
        seeing versions: [String: [TransactionName]]
    ) throws(QuipuError) {
        try put(assigned, into: id)
        for (name, _) in assigned { seen[id, default: [:]][name] = versions[name] ?? [] }
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
            .editedTwice,
            "\(id.kind) \(id.handle) is edited, deleted or restored in one transaction: do one of them")
    }
}
