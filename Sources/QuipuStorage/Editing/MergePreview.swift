public import QuipuCausality

/// The effect that a merge would have on a field.
public struct MergedField: Sendable {
    public enum Effect: String, Sendable {
        /// The record that is kept shows its own value, and others that differ are hidden.
        case hides
        /// The record that is kept has no value, and shows that of the others.
        case fills
        /// Several values would stand against each other.
        case opens
    }

    public var field: String
    public var effect: Effect
    /// What would be shown: canonical JSON; nil for no value.
    public var shown: [UInt8]?
    /// What the others have that differs, first what is shown; of a conflict what stands against that.
    public var others: [(id: RecordID, json: [UInt8])]
}

/// The effect that a merge would have.
public struct MergePreview: Sendable {
    public var keep: RecordID
    /// The records that would be shown under it.
    public var merged: [RecordID]
    public var fields: [MergedField]
}

extension Editing {
    /// Says what a merge would do; nothing is written. What would be shown and in conflict is told by the functions that show
    /// it after the merge.
    func previewMerge(_ others: [RecordID], into keep: RecordID, kind: String) throws -> MergePreview {
        try reading {
            let (kept, merged) = try mergeable(others, into: keep, kind: kind)
            let present = try recordGroups.group(of: kept)?.members ?? []
            let group = RecordGroup(
                representative: kept,
                members: (present + merged.flatMap(\.all)).sorted { $0.id < $1.id },
                planned: PlannedMerge(
                    records: Set(merged.map(\.representative.row)),
                    observed: LogPositions(try seen(byMerging: merged, into: kept))))
            let mine = try recordGroups.seen(kept).fields
            let theirs = try merged.map {
                ($0.representative.id, try recordGroups.seen($0.representative).fields)
            }
            let shown = try recordGroups.shownFields(of: group)
            var open: [String: GroupField] = [:]
            for field in try recordGroups.openFields(of: group) { open[field.name] = field }
            var names = Set(theirs.flatMap { $0.1.members.map(\.name) }).union(open.keys)
            names = names.filter { !RecordGroups.isOwn($0) && !RecordGroups.isNotedByProgram($0) }
            var fields: [MergedField] = []
            for name in names.sorted(by: { $0.utf8Precedes($1) }) {
                let present = Self.value(name, shown)
                if let field = open[name] {
                    let contenders = try field.open.compactMap { head in
                        try recordGroups.text(of: head).map { (head.record.id, $0) }
                    }
                    fields.append(
                        MergedField(field: name, effect: .opens, shown: present, others: contenders))
                    continue
                }
                let own = Self.value(name, mine)
                var values = theirs.compactMap { (id, fields) in
                    Self.value(name, fields).flatMap { $0 == own ? nil : (id: id, json: $0) }
                }
                if values.isEmpty { continue }
                let isFilled = own == nil && present != nil
                if isFilled {
                    values = values.filter { $0.json == present } + values.filter { $0.json != present }
                }
                fields.append(
                    MergedField(
                        field: name, effect: isFilled ? .fills : .hides, shown: present, others: values))
            }
            return MergePreview(
                keep: kept.id, merged: merged.flatMap { $0.all.map(\.id) }, fields: fields)
        }
    }

    /// Nil for none.
    private static func value(_ name: String, _ fields: VisibleFields) -> [UInt8]? {
        fields[name].flatMap { $0 == JSONLiteral.null ? nil : $0 }
    }
}
