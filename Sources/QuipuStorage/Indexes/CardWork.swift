internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite
internal import QuipuTextFolding

/// One run that rebuilds cards.
struct CardWork: ArchivePart {
    let archive: OpenArchive
    let cards: Connection
    private var folder = WordFolder()
    private var facts: [Int64: TransactionFacts] = [:]
    private var editors: [Int64: Int64] = [:]
    /// The text that the annotations of one record quote.
    private var text: (record: Int64, text: PassageText)?

    init(archive: OpenArchive, cards: Connection) {
        self.archive = archive
        self.cards = cards
    }

    /// Of all records.
    mutating func all() throws {
        try cards.execute("DELETE FROM card; DELETE FROM heading; DELETE FROM editor; DELETE FROM source")
        editors = [:]
        var rows = try database.rows("SELECT row FROM record ORDER BY row")
        while try rows.next() { try make(try recordStates.record(row: rows.integer(0)), isNew: true) }
    }

    /// Of the records that transactions changed, and of what hangs on them.
    mutating func touched(after start: Int64, through end: Int64, besides more: [Int64]) throws {
        var touched = Set(more)
        if start < end {
            for position in start + 1...end {
                let body = try log.body(at: position)
                // A clock note changes when others were made.
                if body.note != nil { return try all() }
                touched.formUnion(body.records.map(\.row))
            }
        }
        // Whether what hangs on one is an orphan follows from the one that it is merged into.
        touched.formUnion(try merges.connected(with: touched))
        for row in touched.sorted() {
            let state = try recordStates.record(row: row)
            if try recordStates.isPurged(state) { return try startAnew() }
            try make(state, isNew: false)
            for dependent in try recordStates.dependents(on: state.id) where !touched.contains(dependent.row)
            {
                try make(dependent, isNew: false)
            }
        }
    }

    /// Pages that are free or merged later may hold what was purged.
    private mutating func startAnew() throws {
        try cards.execute(
            "DROP TABLE heading; CREATE VIRTUAL TABLE heading USING fts5 (title, author, tokenize = \"ascii\")"
        )
        try all()
    }

    private mutating func make(_ state: RecordState, isNew: Bool) throws {
        let card = RecordCard(of: state.fields, &folder)
        let position = try records.latestVisiblePosition(of: state, &facts)
        if facts.count > 10_000 { facts = [:] }
        let (changed, editor) = try change(at: position)
        let (target, isOrphaned) = try hold(of: state)
        var flags: RecordCard.Flags = []
        if state.flags.contains(.isDeleted) { flags.insert(.isDeleted) }
        if isOrphaned { flags.insert(.isOrphaned) }
        if try archive.cardIndex.isIncomplete(state.row) { flags.insert(.isIncomplete) }
        if !isNew {
            try cards.run("DELETE FROM card WHERE record = ?", .integer(state.row))
            try cards.run("DELETE FROM heading WHERE rowid = ?", .integer(state.row))
        }
        try cards.run(
            """
            INSERT INTO card (record, kind, flags, first_day, last_day, moment, changed, editor, language, address, doi,
                caption, target)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(state.row), .integer(try interning.knownNameRow(state.kind, in: database)),
            .integer(flags.rawValue), .integer(card.days?.lowerBound), .integer(card.days?.upperBound),
            .integer(card.moment), .integer(changed), .integer(editor), .text(card.language),
            .text(card.address), .text(card.doi), .utf8(card.caption), .integer(target))
        if card.title.isEmpty, card.author.isEmpty { return }
        try cards.run(
            "INSERT INTO heading (rowid, title, author) VALUES (?, ?, ?)", .integer(state.row),
            .utf8(card.title), .utf8(card.author))
    }

    /// When a transaction was made, and the number of who made it.
    private mutating func change(at position: Int64) throws -> (milliseconds: Int64, editor: Int64) {
        var rows = try database.rows(
            "SELECT author, stamp, correction FROM log WHERE position = ?", .integer(position))
        guard try rows.next() else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        let stamp = Stamp(rawValue: UInt64(clamping: rows.integer(1)))
        let author = rows.integer(0)
        let milliseconds = stamp.corrected(offsetMilliseconds: rows.integer(2)).milliseconds
        if let known = editors[author] { return (milliseconds, known) }
        let name = try database.text("SELECT text FROM author WHERE row = ?", .integer(author)) ?? ""
        try cards.run("INSERT OR IGNORE INTO editor (name) VALUES (?)", .text(name))
        let editor = try cards.integer("SELECT row FROM editor WHERE name = ?", .text(name)) ?? 0
        editors[author] = editor
        return (milliseconds, editor)
    }

    /// The record that an annotation, a note or an attachment hangs on, and whether that, or the passage that it quotes, is
    /// gone.
    private mutating func hold(of state: RecordState) throws -> (target: Int64?, isOrphaned: Bool) {
        guard Kinds.known[state.kind]?["target"] != nil,
            let name = state.fields["target"].flatMap({ decodeString($0) })
        else { return (nil, false) }
        guard let target = try target(name) else { return (nil, true) }
        let shown = try recordStates.representative(of: target)
        if shown.flags.contains(.isDeleted) { return (target.row, true) }
        guard let quote = state.fields["quote"],
            let selector = TextSelector(quote: quote, position: state.fields["position"])
        else { return (target.row, false) }
        if text?.record != shown.row {
            let fields = try recordGroups.seen(shown).fields
            text = (shown.row, PassageText(fields["body"].flatMap { decodeString($0) } ?? ""))
        }
        switch text?.text.find(selector) {
        case .found, .moved: return (target.row, false)
        case .changed(let range): return (target.row, range.isEmpty)
        case .lost, nil: return (target.row, true)
        }
    }

    private func target(_ name: String) throws -> RecordState? {
        guard let id = RecordID(text: name) else { return nil }
        if let article = try recordStates.record(id, kind: "article") { return article }
        let row = try database.integer(
            "SELECT row FROM record WHERE handle = ? AND id = ? ORDER BY kind LIMIT 1", .integer(id.handle),
            .blob(id.bytes))
        return try row.map { try recordStates.record(row: $0) }
    }
}
