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

    init(_ store: Store) { self.store = store }

    // MARK: reading

    public func record(_ id: RecordID) throws(QuipuError) -> Record? { try store.presentRecord(id) }

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
        let kindFacts = try QuipuError.presenting { try Kinds.known.kind(named: kind.rawValue) }
        try QuipuError.presenting { try kindFacts.check(required: fields.assigned.map(\.name)) }
        try check(fields, of: kind)
        let id = RecordID(try newID(of: kind, fields), kind: kind.rawValue)
        guard work[id] == nil else {
            throw QuipuError(.badName, "there is a collection '\(fields.name ?? "")' already")
        }
        work[id] = .fields(fields.assigned, isNew: true)
        order.append(id)
        return id
    }

    /// Gives fields new values, in place of what they show now; one in conflict is settled by it.
    ///
    /// - Throws: `unknownRecord`, `deleted`; as `add`.
    public mutating func edit(_ id: RecordID, _ change: (inout Fields) throws -> Void) throws {
        var fields = try present(id)
        try change(&fields)
        try check(fields, of: id.kind, id)
        try add(fields.assigned, to: id)
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
        try check(fields, of: record.kind, record.id)
        try add(fields.assigned, to: record.id)
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
    /// - Throws: `unknownRecord`, `notDeleted`.
    public mutating func restore(_ id: RecordID) throws(QuipuError) {
        guard let record = try record(id) else { throw Self.unknown(id) }
        guard record.isDeleted else {
            throw QuipuError(.notDeleted, "\(id.kind) \(id.handle) is not deleted")
        }
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

    private mutating func add(_ assigned: [(name: String, json: [UInt8])], to id: RecordID) throws(QuipuError)
    {
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

    private func check(_ fields: Fields, of kind: RecordKind, _ id: RecordID? = nil) throws(QuipuError) {
        if let name = fields.unwritable {
            throw QuipuError(.wrongType, "'\(name)' is given a number that is none")
        }
        try QuipuError.presenting {
            for (name, json) in fields.assigned {
                try Self.checkTag(name)
                // Records of a kind that only a later version knows take what they are given.
                if let known = Kinds.known[kind.rawValue] {
                    try known.check(field: name, json: json)
                } else {
                    try Kinds.checkBounds(field: name, json: json)
                }
            }
            guard kind == .collection, let name = fields.assigned.first(where: { $0.name == "name" }),
                let text = decodeString(name.json), let taken = try store.collections.id(named: text),
                taken != id?.stored
            else { return }
            throw QuipuError(.badName, "there is a collection '\(text)' already")
        }
    }

    /// A tag is one line without spaces at its ends, as the command makes them, so that what looks alike is one tag.
    private static func checkTag(_ name: String) throws(QuipuError) {
        guard name.hasPrefix(Fields.tagPrefix) else { return }
        let tag = name.dropFirst(Fields.tagPrefix.count).unicodeScalars
        let hasSpace = [tag.first, tag.last].contains { $0?.properties.isWhitespace == true }
        guard !hasSpace, !tag.contains(where: { $0.properties.generalCategory == .control }) else {
            throw QuipuError(.wrongType, "a tag is one line of text without spaces at its ends")
        }
    }

    /// A collection is the same wherever it is made, so its id follows from its name.
    private func newID(of kind: RecordKind, _ fields: Fields) throws(QuipuError) -> QuipuCausality.RecordID {
        try QuipuError.presenting {
            guard kind == .collection, let name = fields.name else { return .timeOrdered(store.environment) }
            return try store.collections.newID(named: name)
        }
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
