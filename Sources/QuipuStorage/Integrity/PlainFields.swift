internal import QuipuCausality
internal import QuipuSQLite

/// What the log says of one field at one position, for a repair.
struct RebuiltChange {
    var field: Int64
    var position: Int64
    var replaces: [Int64]
    var value: ValueHash
}

/// The fields that need no rows: made by the record's first transaction alone, or by imports of the same in
/// which nothing else is.
struct PlainFields {
    private(set) var fields: Set<Int64> = []
    private(set) var twins: [Int64] = []

    init(of record: RecordState, base: Int64, changes: [Int64: [RebuiltChange]], in archive: OpenArchive)
        throws
    {
        if record.fields["deleted"] != nil { return }
        for (field, made) in changes {
            let name = try archive.interning.name(field, in: archive.database)
            guard let text = record.fields[name], text.count <= Limits.inlineValueBytes,
                made.first?.position == base
            else { continue }
            let hash = ValueHash(of: text)
            if made.allSatisfy({ $0.replaces.isEmpty && $0.value == hash }) { fields.insert(field) }
        }
        var candidates: Set<Int64> = []
        if try archive.log.facts(at: base).isByProgram {
            for change in changes.values.joined() where change.position != base {
                if try archive.log.facts(at: change.position).isByProgram {
                    candidates.insert(change.position)
                }
            }
        }
        // A transaction is a twin as a whole or not at all, which takes fields with it, and these others.
        while true {
            let kept = fields.filter { field in
                (changes[field] ?? []).allSatisfy {
                    $0.position == base || candidates.contains($0.position)
                }
            }
            let whole = candidates.filter { position in
                changes.allSatisfy { field, made in
                    kept.contains(field) || !made.contains { $0.position == position }
                }
            }
            if kept.count == fields.count, whole.count == candidates.count { break }
            (fields, candidates) = (kept, whole)
        }
        twins = candidates.sorted()
    }
}
