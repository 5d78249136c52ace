internal import QuipuCausality
internal import QuipuSQLite

/// A record, and those that are merged into it and shown under it. A merge copies nothing: what the group shows follows from
/// the heads of all its records, and from what merges and later edits list as seen.
struct RecordGroup {
    let representative: RecordState
    /// In the order of their ids.
    let members: [RecordState]
    /// A merge that is not written, and by which some of the members would come under the representative.
    var planned: PlannedMerge?
    let observations = MergeObservations()

    var all: [RecordState] { [representative] + members }

    /// The names of the fields that any of them ever had a value in and shows, sorted.
    var fieldNames: [String] {
        var names: Set<String> = []
        for record in all { names.formUnion(record.fields.members.lazy.map(\.name)) }
        return names.sorted { $0.utf8Precedes($1) }
    }
}

/// What a merge would write.
struct PlannedMerge {
    /// Stands for its position in the log, where it has none.
    static let position: Int64 = -1

    /// The rows of the records that would be merged into another one.
    let records: Set<Int64>
    /// Log positions of what it would list as seen.
    let observed: LogPositions
}

/// The value that a group shows in one field, and those open beside it.
struct GroupField {
    var name: String
    /// Nil where nothing is shown.
    var shown: FieldHead?
    /// The heads that differ from what is shown and stand open beside it, each value once, the greatest first.
    var open: [FieldHead] = []
}

/// Views of groups.
struct RecordGroups: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var recordGroups: RecordGroups { RecordGroups(archive: archive) }
}

extension RecordGroups {
    /// Nil for a record that is shown by itself, or under another one.
    func group(of record: RecordState) throws -> RecordGroup? {
        let rows = try merges.members(of: record.row)
        if rows.isEmpty { return nil }
        return RecordGroup(representative: record, members: try rows.map { try recordStates.record(row: $0) })
    }

    /// Fields that are each record's own, and say nothing of the others.
    static func isOwn(_ field: String) -> Bool { field == "deleted" || field == MergedInto.field }

    /// What the program noted: it is shown with what it is about, and is never in conflict.
    static func isNotedByProgram(_ field: String) -> Bool {
        field.hasPrefix("derived/") || SourceMemory.isMemory(field)
    }

    /// The representative's own heads, if one has a value; else those of all the others together, without what an edit took
    /// away that had seen them. Of these the greatest is shown. Beside it stand the representative's other heads, and of the
    /// others' heads those that no merge on their way, and no edit of the representative, had seen; where the representative
    /// has no value, all that differ.
    func field(_ name: String, in group: RecordGroup) throws -> GroupField {
        guard let row = try interning.knownNameRow(name, in: database) else { return GroupField(name: name) }
        let own = try versions(of: name, row, in: group.representative)
        let edits = own.heads.flatMap { $0.members.map(\.position) }
        let hasOwn = own.heads.contains { $0.value != JSONLiteral.nullHash }
        var others: [FieldHead] = []
        for member in group.members {
            let heads = try versions(of: name, row, in: member).heads.filter {
                $0.value != JSONLiteral.nullHash
            }
            if heads.isEmpty { continue }
            for head in heads {
                if try isSeen(head, by: edits, in: group) { continue }
                if hasOwn, try isSeen(head, byMergesOf: member.row, in: group) { continue }
                others.append(FieldHead(record: member, field: name, fieldRow: row, version: head))
            }
        }
        let mine = own.rankedHeads.map {
            FieldHead(record: group.representative, field: name, fieldRow: row, version: $0)
        }
        others.sort { $0.ranksAbove($1) }
        let shown =
            hasOwn
            ? mine.first { $0.version.value != JSONLiteral.nullHash }
            : others.first ?? mine.first
        var field = GroupField(name: name, shown: shown)
        if Self.isNotedByProgram(name) { return field }
        var listed: Set<ValueHash> = shown.map { [$0.version.value] } ?? []
        // Of a field that the representative lost, what it lost stands against nobody's.
        let beside = ((hasOwn || others.isEmpty ? mine : []) + others).sorted { $0.ranksAbove($1) }
        field.open = beside.filter { listed.insert($0.version.value).inserted }
        return field
    }

    /// The fields of a group in which something stands open.
    func openFields(of group: RecordGroup) throws -> [GroupField] {
        var found: [GroupField] = []
        for name in group.fieldNames where !Self.isOwn(name) && !Self.isNotedByProgram(name) {
            // Fields of one value need no look at their versions.
            let values = group.all.compactMap { $0.fields[name] }.filter { $0 != JSONLiteral.null }
            let isContested = group.all.contains { $0.flags.contains(.isInConflict) }
            if !isContested, values.allSatisfy({ $0 == values[0] }) { continue }
            let field = try field(name, in: group)
            if !field.open.isEmpty { found.append(field) }
        }
        return found
    }

    /// The fields that the group shows.
    func shownFields(of group: RecordGroup) throws -> VisibleFields {
        var shown = VisibleFields()
        var sources: [String: Int64] = [:]
        for name in group.fieldNames where !Self.isOwn(name) {
            var json: [UInt8]?
            if let own = group.representative.fields[name], own != JSONLiteral.null {
                (json, sources[name]) = (own, group.representative.row)
            } else {
                let field = try field(name, in: group)
                json = try field.shown.flatMap { try text(of: $0) }
                sources[name] = field.shown?.record.row
            }
            if let json { shown.append(name, json) }
        }
        let records = Dictionary(uniqueKeysWithValues: group.all.map { ($0.row, $0) })
        // What was made up is what is shown, or it is not said.
        for record in group.all {
            for member in record.fields.members where member.name.hasPrefix("derived/") {
                let about = String(member.name.dropFirst("derived/".count))
                guard let source = sources[about] else { continue }
                shown[member.name] = records[source]?.fields[member.name]
            }
        }
        return shown
    }

    /// A record with the fields that it shows together with those merged into it.
    func seen(_ record: RecordState) throws -> RecordState {
        guard let group = try group(of: record) else { return record }
        var record = record
        record.fields = try shownFields(of: group)
        return record
    }

    func text(of head: FieldHead) throws -> [UInt8]? {
        let visible = try recordStates.versions(of: head.field, row: head.fieldRow, in: head.record).versions
            .visible
        return try recordStates.text(
            of: head.version, visible: visible, field: head.field, in: head.record)
    }

    func versions(of name: String, _ row: Int64, in record: RecordState) throws -> FieldVersions {
        try recordStates.versions(of: name, row: row, in: record).versions
    }
}
