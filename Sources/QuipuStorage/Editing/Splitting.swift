internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

/// The record that a split made.
public struct SplitOutcome: Sendable {
    /// The record that was split, and the new one.
    public var from: RecordID
    public var id: RecordID
    public var kind: String
    /// The item whose values the new record has.
    public var item: ItemSource
    /// The fields that the new record has.
    public var fields: [String]
    /// Fields of the item whose values are not held here: they come when its file is imported again.
    public var lacking: [String]
    /// Fields that the record keeps as they were, since what the other items gave in them is not held here.
    public var kept: [String]
}

/// The values that one item gave a record, as the record remembers them.
struct RememberedItem {
    var source: ItemSource
    var state: SourceState
    /// The heads of the memory that say so.
    var heads: [Version]

    /// When it was read last.
    var order: (Stamp, ChainHash) {
        let last = heads.max { Version.ranksBelow($0, $1) }
        return (
            last?.representative.stamp ?? Stamp(rawValue: 0),
            last?.representative.chain ?? heads[0].representative.chain
        )
    }
}

extension Editing {
    /// Takes what one item of a source gave a record out of it, into a record of its own, as far as `from/<scope>` remembers:
    /// the new record has those values of the item that the record holds in any version, the record keeps what other items gave,
    /// and what people wrote in it. Where the record shows what only that item gave, it shows again what another item gave, or
    /// nothing. The program writes both, as the imports were, so that a file read again finds each item in its record.
    ///
    /// The new record's id derives from the item's, so two people who split the same get the same record.
    ///
    /// - Parameter item: which; nil for the one of two items of one scope that was read later.
    /// - Throws: `StorageError`: `unknownRecord`, `deleted`, `notSplittable`.
    func split(
        _ id: RecordID, kind: String, _ item: ItemSource?, _ writer: Writer, _ work: inout EditWork
    ) throws -> SplitOutcome {
        guard let record = try recordStates.record(id, kind: kind) else {
            throw StorageError(
                .unknownRecord, "there is no \(kind) \(id.shortHandle)", remedy: Remedy(.findRecord))
        }
        guard !record.flags.contains(.isDeleted) else {
            throw StorageError(
                .deleted, "\(kind) \(id.shortHandle) is deleted",
                remedy: Remedy(.restoreFirst, id.shortHandle))
        }
        let items = try rememberedItems(in: record)
        let taken = try chosen(item, of: items, in: record)
        let others = items.filter { $0.source != taken.source }.sorted { $0.order > $1.order }
        var outcome = SplitOutcome(
            from: id, id: try newID(for: taken, kind: kind), kind: kind, item: taken.source, fields: [],
            lacking: [], kept: [])

        var made: [FieldChange] = []
        var changed: [FieldChange] = []
        for (field, hash) in taken.state.read.sorted(by: { $0.key.utf8Precedes($1.key) }) {
            guard let json = try text(ofShortHash: hash, of: field, in: record) else {
                outcome.lacking.append(field)
                continue
            }
            made.append(FieldChange(field: field, value: .text(json), replaces: []))
            outcome.fields.append(field)
            if others.contains(where: { $0.state.read[field] == hash }) { continue }
            let heads = try recordStates.heads(of: field, in: record).filter {
                $0.isImport && $0.value.hexadecimal.hasPrefix(hash)
            }
            if heads.isEmpty { continue }
            var former = field.contains("/") ? JSONLiteral.false : JSONLiteral.null
            if let other = others.first(where: { $0.state.read[field] != nil })?.state.read[field] {
                guard let json = try text(ofShortHash: other, of: field, in: record) else {
                    outcome.kept.append(field)
                    continue
                }
                former = json
            }
            changed.append(
                FieldChange(field: field, value: .text(former), replaces: try writer.names(of: heads)))
        }
        guard !made.isEmpty else {
            throw StorageError(
                .notSplittable,
                "nothing that '\(taken.source.id)' of '\(taken.source.scope)' gave is held here any more",
                hint: "import its file again, or make the second record by hand")
        }
        for member in record.fields.members
        where member.name.hasPrefix("collections/") && member.json == JSONLiteral.true {
            made.append(FieldChange(field: member.name, value: .text(member.json), replaces: []))
        }
        made.append(
            FieldChange(
                field: taken.source.field,
                value: .text(memory(of: taken, given: made, isWhole: outcome.lacking.isEmpty)),
                replaces: []))
        changed.append(
            FieldChange(
                field: taken.source.field, value: .text(JSONLiteral.null),
                replaces: try writer.names(of: taken.heads)))
        try work.addByProgram(RecordChanges(id: outcome.id, kind: kind, fields: made))
        try work.addByProgram(RecordChanges(id: id, kind: kind, fields: changed))
        return outcome
    }

    /// What the new record remembers: of a value that is not there it must not say that it was read.
    private func memory(of item: RememberedItem, given fields: [FieldChange], isWhole: Bool) -> [UInt8] {
        if isWhole { return item.state.json }
        let known = fields.compactMap { change in change.value.text.map { (name: change.field, json: $0) } }
        return SourceState(of: ImportItem(kind: "", fields: known), id: item.source.id).json
    }

    /// The items that a record remembers, those whose memory was taken away left out.
    func rememberedItems(in record: RecordState) throws -> [RememberedItem] {
        var found: [RememberedItem] = []
        for row in try recordStates.fieldRows(of: record) {
            let field = try interning.name(row, in: database)
            guard SourceMemory.isMemory(field), field != LeftItems.field else { continue }
            let versions = try recordStates.versions(of: field, row: row, in: record).versions
            for head in versions.rankedHeads {
                let json = try recordStates.text(
                    of: head, visible: versions.visible, field: field, in: record)
                guard let state = json.flatMap(SourceState.init(parsing:)) else { continue }
                let source = ItemSource(
                    scope: String(field.dropFirst(SourceMemory.prefix.count)), id: state.id)
                if let place = found.firstIndex(where: { $0.source == source }) {
                    found[place].heads.append(head)
                } else {
                    found.append(RememberedItem(source: source, state: state, heads: [head]))
                }
            }
        }
        return found
    }

    private func chosen(
        _ item: ItemSource?, of items: [RememberedItem], in record: RecordState
    ) throws -> RememberedItem {
        func refusal(_ message: String) -> StorageError {
            let names = items.prefix(8).map { "\($0.source.scope) \($0.source.id)" }.joined(separator: ", ")
            return StorageError(
                .notSplittable, message, hint: names.isEmpty ? nil : "it remembers: \(names)")
        }
        let name = "\(record.kind) \(record.id.shortHandle)"
        guard items.count > 1 else {
            throw refusal(
                items.isEmpty
                    ? "\(name) does not remember what a source gave, so nothing can be told apart"
                    : "\(name) remembers one item of a source only, so nothing can be told apart")
        }
        if let item {
            guard let found = items.first(where: { $0.source == item }) else {
                throw refusal("\(name) does not remember '\(item.id)' of '\(item.scope)'")
            }
            return found
        }
        let scopes = Dictionary(grouping: items, by: \.source.scope).values.filter { $0.count > 1 }
        guard let only = scopes.first, scopes.count == 1, only.count == 2 else {
            throw refusal(
                scopes.isEmpty
                    ? "\(name) has one item of each source: say which one is another article"
                    : "\(name) has more than two items of one source: say which one is another article")
        }
        return only[0].order < only[1].order ? only[1] : only[0]
    }

    /// The text of a version of a field by the beginning of its hash; nil where there is none, or its text is gone.
    private func text(
        ofShortHash hash: String, of field: String, in record: RecordState
    ) throws -> [UInt8]? {
        guard let row = try interning.knownNameRow(field, in: database) else { return nil }
        let versions = try recordStates.versions(of: field, row: row, in: record).versions
        for version in versions.versions where version.value.hexadecimal.hasPrefix(hash) {
            let json = try recordStates.text(
                of: version, visible: versions.visible, field: field, in: record)
            if let json { return json }
        }
        return nil
    }

    private func newID(for item: RememberedItem, kind: String) throws -> RecordID {
        let key = ItemKeys.key(of: item.source, kind: kind, in: archive.id)
        var number = 1
        while try recordStates.recordRow(key.recordID(number), kind: kind) != nil { number += 1 }
        return key.recordID(number)
    }
}
