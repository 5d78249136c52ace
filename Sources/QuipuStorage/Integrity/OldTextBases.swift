internal import QuipuCausality
internal import QuipuSQLite

/// Texts that records show and that old ones stand on, written beside these for as long as an archive is made anew:
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
