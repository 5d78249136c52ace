public import QuipuCausality

/// What a merge would do to a field.
public struct MergedField: Sendable {
    public enum Effect: String, Sendable {
        /// The record that is kept shows its own value, and others that differ are hidden.
        case hides
        /// The record that is kept has no value, and shows that of the others.
        case fills
        /// The record that is kept has no value, and the others have several: they stand against each other.
        case opens
    }

    public var field: String
    public var effect: Effect
    /// What would be shown: canonical JSON.
    public var shown: [UInt8]?
    /// What the others have that differs.
    public var others: [(id: RecordID, json: [UInt8])]
}

/// What a merge would do.
public struct MergePreview: Sendable {
    public var keep: RecordID
    /// The records that would be shown under it.
    public var merged: [RecordID]
    public var fields: [MergedField]
}

extension Editing {
    /// Says what a merge would do; nothing is written.
    func previewMerge(_ others: [RecordID], into keep: RecordID, kind: String) throws -> MergePreview {
        try reading {
            let (kept, merged) = try mergeable(others, into: keep, kind: kind)
            let mine = try recordGroups.seen(kept).fields
            let theirs = try merged.map {
                ($0.representative.id, try recordGroups.seen($0.representative).fields)
            }
            var names = Set(theirs.flatMap { $0.1.members.map(\.name) })
            names = names.filter { !RecordGroups.isOwn($0) && !RecordGroups.isNotedByProgram($0) }
            var fields: [MergedField] = []
            for name in names.sorted(by: { $0.utf8Precedes($1) }) {
                let own = mine[name].flatMap { $0 == JSONLiteral.null ? nil : $0 }
                var values: [(id: RecordID, json: [UInt8])] = []
                for (id, fields) in theirs {
                    guard let json = fields[name], json != JSONLiteral.null, json != own else { continue }
                    values.append((id, json))
                }
                guard let first = values.first else { continue }
                let effect: MergedField.Effect =
                    own != nil ? .hides : values.allSatisfy { $0.json == first.json } ? .fills : .opens
                fields.append(
                    MergedField(
                        field: name, effect: effect, shown: own ?? (effect == .fills ? first.json : nil),
                        others: values))
            }
            return MergePreview(
                keep: kept.id, merged: merged.flatMap { $0.all.map(\.id) }, fields: fields)
        }
    }
}
