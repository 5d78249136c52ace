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

/// Current texts that old ones depend on, written beside these while an archive is rebuilt:
/// meanwhile nothing says which record shows what, and afterwards a record may show another text.
struct OldTextBases {
    private let writer: Writer
    private var written: [ValueHash] = []

    init(_ writer: Writer) throws {
        self.writer = writer
        let wanted = try basesNotHidden()
        if wanted.isEmpty { return }
        let database = writer.database
        var last: Int64 = 0
        while let row = try database.integer("SELECT min(row) FROM record WHERE row > ?", .integer(last)) {
            last = row
            for member in try writer.archive.recordStates.record(row: row).fields.members
            where CompressedText.isSuitable(member.json) {
                let hash = ValueHash(of: member.json)
                guard wanted.contains(hash) else { continue }
                try database.run(
                    "INSERT OR IGNORE INTO text (hash, json) VALUES (?, ?)", .blob(hash.bytes),
                    .utf8(member.json))
                if database.changes > 0 { written.append(hash) }
            }
        }
    }

    /// Takes those away again that a record shows.
    func putBack() throws {
        for hash in written where try writer.archive.texts.shown(hash).map({ ValueHash(of: $0) }) == hash {
            try writer.database.run("DELETE FROM text WHERE hash = ?", .blob(hash.bytes))
        }
    }

    private func basesNotHidden() throws -> Set<ValueHash> {
        var found: Set<ValueHash> = []
        var rows = try writer.database.rows(
            "SELECT substr(json, 1, ?) FROM text WHERE json >= '~'",
            .integer(CompressedText.longestHeadBytes))
        while try rows.next() {
            if let base = CompressedText.Head(rows.bytes(0))?.base,
                try !writer.archive.texts.holdsHidden(base)
            {
                found.insert(base)
            }
        }
        return found
    }
}
