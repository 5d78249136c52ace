internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

/// Holds the indexes, of natural keys and of words, against the records, by filling others beside them.
///
/// Under its own name a temporary table stands before that of the archive, so the code that fills the archive's indexes
/// fills these, and what an index holds is nowhere said twice. Nothing of the archive is written.
struct IndexCheck {
    /// Records whose words are looked at; of more, so many that chance picks.
    private static let sampleCount = 256
    /// Up to so many the words themselves are compared, beyond only how many there are.
    private static let wholeCount: Int64 = 500

    private let archive: OpenArchive
    private let database: Connection
    private(set) var damaged: [String] = []
    private var isShadowed = false

    /// - Precondition: within one view of an archive in which nothing else is damaged.
    init(of archive: OpenArchive) throws {
        (self.archive, database) = (archive, archive.database)
        try checkPositions()
        guard damaged.isEmpty else { return }
        defer { if isShadowed { try? database.execute("DROP TABLE IF EXISTS temp.archive") } }
        try checkKeys()
        try checkWords()
    }

    private mutating func checkPositions() throws {
        let end = try archive.position
        for (name, position) in [
            ("natural keys", try database.integer("SELECT identified_position FROM archive")),
            ("words", try database.integer("SELECT searchable_position FROM archive")),
        ] where !(0...end).contains(position ?? -1) {
            damaged.append("the index of \(name) says that it covers more than there is")
        }
        // Every stamp that the clock follows is in the log, as written or as some note corrected it.
        let stamp = try database.integer("SELECT stamp FROM archive") ?? 0
        let highest = try database.integer("SELECT max(stamp) FROM log") ?? 0
        if stamp > highest, try (stamp - highest) / 65_536 > highestLift() {
            damaged.append("the clock follows a time that nothing in the log has")
        }
    }

    /// By how many milliseconds some clock note says that a clock was behind, at most.
    private func highestLift() throws -> Int64 {
        var highest: Int64 = 0
        var rows = try database.rows("SELECT position, body FROM log")
        while try rows.next() {
            guard let note = LogBody(decoding: rows.bytes(1), at: rows.integer(0))?.note else { continue }
            highest = max(highest, (0 as Int64).subtractingClamped(note.offsetMilliseconds))
        }
        return highest
    }

    private mutating func checkKeys() throws {
        let covered = try database.integer("SELECT identified_position FROM archive") ?? 0
        if covered == 0 { return }
        try shadow()
        try archive.database.makeTemporaryTable(like: "identity")
        defer {
            try? database.execute("DROP TABLE IF EXISTS temp.identity")
            archive.leastRecords.forget()
        }
        try database.execute("UPDATE temp.archive SET identified_position = 0")
        let writer = try Writer(archive)
        writer.position = covered
        try archive.keyIndex.bringUpToDate(through: writer.position)
        var missing: Int64 = 0
        var rows = try database.rows(
            "SELECT key, record FROM temp.identity EXCEPT SELECT key, record FROM main.identity")
        while try rows.next() {
            let record = try archive.recordStates.record(row: rows.integer(1))
            if try archive.keyIndex.mayComeLate(rows.integer(0), to: record) { continue }
            if try !isListedInFormerForm(rows.integer(0), record) { missing += 1 }
        }
        // Others do no harm: a key only leads to records, and these say themselves what they hold. Imports note keys of what
        // they left aside, and keys of texts that were forgotten since are kept.
        report(missing, "natural keys are not listed: an import would make their records again")
    }

    /// Whether a record is listed under the form that an earlier version gave the address which a key is of. Imports look
    /// there too.
    private func isListedInFormerForm(_ key: Int64, _ record: RecordState) throws -> Bool {
        let field = KeyedField.url
        for json in try Candidate(record, in: archive).given(field.rawValue) {
            guard let text = decodeString(json), let canonical = field.canonical(text),
                NaturalKey(field.sort, canonical, kind: record.kind, in: archive.id).indexKey == key
            else { continue }
            for form in field.formerForms(text) {
                let former = NaturalKey(field.sort, form, kind: record.kind, in: archive.id)
                let isListed = try database.integer(
                    "SELECT EXISTS (SELECT 1 FROM main.identity WHERE key = ? AND record = ?)",
                    .integer(former.indexKey), .integer(record.row))
                if isListed == 1 { return true }
            }
        }
        return false
    }

    private mutating func checkWords() throws {
        let covered = try database.integer("SELECT searchable_position FROM main.archive") ?? 0
        let strangers = try database.integer(
            "SELECT count(*) FROM main.searchable WHERE record NOT IN (SELECT row FROM record)")
        report(strangers, "records are listed in the index of words that are not there")
        if covered == 0 {
            let rows = try database.integer("SELECT count(*) FROM main.searchable")
            report(rows, "records are listed in the index of words before they are in it")
            return
        }
        try shadow()
        try archive.database.makeTemporaryTable(like: "searchable")
        try archive.database.makeTemporaryTable(like: "search")
        try database.execute(
            """
            DROP TABLE IF EXISTS temp.looked;
            CREATE TEMP TABLE looked (record INTEGER PRIMARY KEY);
            UPDATE temp.archive SET searchable_position = (SELECT max(position) FROM log)
            """)
        defer {
            try? database.execute(
                """
                DROP TABLE IF EXISTS temp.here;
                DROP TABLE IF EXISTS temp.there;
                DROP TABLE IF EXISTS temp.searchable;
                DROP TABLE IF EXISTS temp.search;
                DROP TABLE IF EXISTS temp.looked
                """)
        }
        let isWhole = try pickRecords(indexedUpTo: covered)
        var last: Int64 = 0
        while let row = try database.integer(
            "SELECT min(record) FROM temp.looked WHERE record > ?", .integer(last))
        {
            last = row
            try archive.wordIndex.indexAgain(try archive.recordStates.record(row: row))
        }
        let wrong =
            try database.integer(
                """
                SELECT count(*)
                FROM temp.looked
                LEFT JOIN main.searchable AS held ON held.record = looked.record
                LEFT JOIN main.search_docsize AS size ON size.id = held.document
                LEFT JOIN temp.searchable AS made ON made.record = looked.record
                LEFT JOIN temp.search_docsize AS fresh ON fresh.id = made.document
                WHERE size.sz IS NOT fresh.sz OR (held.record IS NULL) != (made.record IS NULL)
                """) ?? 0
        report(wrong, "records cannot be found by their words, or by words that they no longer have")
        if wrong == 0, isWhole { try compareWords() }
    }

    /// Puts records into `looked` that nothing has happened to since they were indexed.
    /// - Returns: whether these are all.
    private func pickRecords(indexedUpTo covered: Int64) throws -> Bool {
        let count = try database.integer("SELECT count(*) FROM record") ?? 0
        let isWhole = count <= Self.wholeCount
        if isWhole {
            try database.execute("INSERT INTO temp.looked SELECT row FROM record")
        } else {
            for _ in 0..<Self.sampleCount {
                let random = archive.environment.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }
                try database.run(
                    "INSERT OR IGNORE INTO temp.looked SELECT row FROM record WHERE row >= ? ORDER BY row LIMIT 1",
                    .integer(Int64(random % UInt64(count)) + 1))
            }
        }
        var position = covered
        while let next = try database.integer(
            "SELECT min(position) FROM log WHERE position > ?", .integer(position))
        {
            position = next
            for entry in try archive.log.body(at: next).records {
                try database.run("DELETE FROM temp.looked WHERE record = ?", .integer(entry.row))
            }
        }
        return isWhole
    }

    private mutating func compareWords() throws {
        try database.execute(
            """
            CREATE VIRTUAL TABLE temp.here USING fts5vocab('main', 'search', 'instance');
            CREATE VIRTUAL TABLE temp.there USING fts5vocab('temp', 'search', 'instance')
            """)
        defer { try? database.execute("DROP TABLE IF EXISTS temp.held; DROP TABLE IF EXISTS temp.made") }
        try database.execute(
            """
            CREATE TEMP TABLE held AS
            SELECT place.record, here.term, here.col, here.offset
            FROM temp.here JOIN main.searchable AS place ON place.document = here.doc
            WHERE place.record IN (SELECT record FROM temp.looked);
            CREATE TEMP TABLE made AS
            SELECT place.record, there.term, there.col, there.offset
            FROM temp.there JOIN temp.searchable AS place ON place.document = there.doc
            """)
        let wrong = try database.integer(
            """
            SELECT count(DISTINCT record)
            FROM (
                SELECT * FROM (SELECT * FROM temp.held EXCEPT SELECT * FROM temp.made)
                UNION ALL
                SELECT * FROM (SELECT * FROM temp.made EXCEPT SELECT * FROM temp.held)
            )
            """)
        report(wrong, "records are found by other words than theirs")
    }

    /// From here on it is another row that says how far the indexes go.
    private mutating func shadow() throws {
        if isShadowed { return }
        isShadowed = true
        try database.execute(
            "DROP TABLE IF EXISTS temp.archive; CREATE TEMP TABLE archive AS SELECT * FROM main.archive")
    }

    private mutating func report(_ count: Int64?, _ what: String) {
        if let count, count > 0 { damaged.append("\(count) \(what)") }
    }
}

extension Writer {
    /// Empties what is filled again when it is needed, and lets the clock follow what the log has.
    func forgetIndexes() throws {
        archive.leastRecords.forget()
        try database.execute(
            """
            INSERT INTO search (search) VALUES ('delete-all');
            DELETE FROM searchable;
            DELETE FROM identity;
            UPDATE archive SET searchable_position = 0, identified_position = 0
            """)
        stamp = try highestStamp()
    }
}
