import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// Archives that were damaged on purpose, one table after the other.
@Suite struct RepairTests {
    /// All that there is: twins, conflicts, a moved clock, a deleted record in conflict, remarks, long and old texts.
    private func group() throws -> Replicas {
        let group = try Replicas(2)
        let item = ImportItem(
            id: RecordID(rawValue: 1), kind: "article",
            fields: [
                ("title", canonicalString("Imported")), ("url", canonicalString("http://example.org/1")),
            ])
        for store in group.stores { _ = try store.importBatch([item], author: "ana") }
        try group.add([("title", "\"Water\"")], id: 2, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"One\"")], id: 2, at: 0)
        try group.add([("title", "\"Two\"")], id: 2, at: 1)
        try group.add(
            [("target", "\"\(RecordID(rawValue: 2).text)\""), ("text", "\"n\"")], kind: "note", id: 3, at: 0)
        try group.add([("title", "\"Doomed\"")], id: 4, at: 0)
        try group.add([("title", "\"Gone\"")], id: 5, at: 1)
        try group.sync(0, 1)
        _ = try group[0].delete(RecordID(rawValue: 4), kind: "article", author: "ana")
        _ = try group[0].delete(RecordID(rawValue: 5), kind: "article", author: "ana")
        try group.add([("title", "\"Saved\"")], id: 4, at: 1)
        try group.add([("body", "\"" + String(repeating: "long ", count: 20_000) + "\"")], id: 6, at: 0)
        try group.sync(0, 1)
        let name = try #require(try group[0].log.vector().entries.first).name
        var note = Transaction(
            name: TransactionName(origin: Origin(rawValue: 77), sequence: 1),
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds + 60_000), author: "guest",
            isByProgram: false,
            records: [])
        note.note = ClockNote(offsetMilliseconds: 5_000, spans: [.init(last: name, count: 2)])
        #expect(try group[0].apply([note]).refused.isEmpty)
        try group.sync(0, 1)
        #expect(try group[0].verify().damaged == [])
        return group
    }

    private func open(_ store: Store) throws -> Connection {
        try Connection(path: store.folder.storePath, options: .init(mode: .readWrite))
    }

    /// Every derived row.
    private func dump(_ store: Store) throws -> [String] {
        let database = try open(store)
        var found: [String] = []
        func add(_ rows: consuming Rows) throws { while try rows.next() { found.append(rows.text(0)) } }
        try add(database.rows("SELECT 'archive ' || hex(digest) FROM archive"))
        try add(database.rows("SELECT 'origin ' || row || ' ' || sequence || ' ' || hex(chain) FROM origin"))
        try add(
            database.rows(
                "SELECT 'log ' || position || ' ' || correction || ' ' || coalesce(corrected_by, '-') FROM log"
            ))
        try add(
            database.rows(
                "SELECT 'record ' || row || ' ' || handle || ' ' || base || ' ' || state || ' ' || fields FROM record"
            ))
        try add(
            database.rows(
                """
                SELECT 'version ' || record || ' ' || field || ' ' || position || ' ' || hex(key) || ' '
                    || hex(value) || ' ' || flags || ' ' || hex(replaces)
                FROM version
                """))
        try add(database.rows("SELECT 'twin ' || record || ' ' || position FROM twin"))
        try add(database.rows("SELECT 'missing ' || hex(hash) || ' ' || record || ' ' || field FROM missing"))
        try add(database.rows("SELECT 'conflict ' || record || ' ' || field FROM conflict"))
        try add(database.rows("SELECT 'hanging ' || hex(target) || ' ' || record FROM hanging"))
        return found
    }

    private static let damages = [
        "SELECT 1", "DELETE FROM conflict", "DELETE FROM hanging", "DELETE FROM twin",
        "UPDATE record SET state = 0", "UPDATE record SET state = 15", "UPDATE record SET handle = 0",
        "UPDATE record SET base = base + 1", "UPDATE archive SET digest = zeroblob(16)",
        "UPDATE version SET flags = flags & ~4", "UPDATE version SET flags = flags | 12",
        "UPDATE version SET flags = flags & ~1", "UPDATE version SET key = zeroblob(16)",
        "UPDATE version SET replaces = x''", "UPDATE origin SET sequence = 1",
        "UPDATE origin SET chain = zeroblob(32)", "UPDATE log SET correction = 7",
        "UPDATE log SET correction = 0, corrected_by = NULL",
        "INSERT INTO missing VALUES (zeroblob(32), 1, 1)", "INSERT INTO conflict VALUES (1, 0)",
        "INSERT INTO hanging VALUES (zeroblob(16), 1)", "INSERT INTO twin VALUES (2, 1)",
        """
        DELETE FROM conflict; DELETE FROM hanging; DELETE FROM twin; UPDATE record SET state = 0, base = 1;
        UPDATE version SET flags = 0, key = zeroblob(16), replaces = x''; UPDATE archive SET digest = zeroblob(16)
        """,
    ]

    @Test(arguments: damages)
    func `everything that follows from the log is rebuilt as it was`(damage: String) throws {
        let group = try group()
        let before = try dump(group[0])
        try open(group[0]).execute(damage)
        let report = try group[0].repair()
        #expect(report.left == [])
        #expect(report.droppedTexts == 0)
        #expect(try dump(group[0]) == before)
        #expect(try group.sync(0, 1).0.inSync)
    }

    @Test(arguments: [
        // A value that lost a conflict, the one that won it, and a long one.
        ("UPDATE text SET json = '\"Ono\"' WHERE json = '\"One\"'", 2),
        ("UPDATE record SET fields = replace(fields, 'Two', 'Twa') WHERE fields LIKE '%Two%'", 2),
        ("UPDATE record SET fields = replace(fields, 'long long', 'long lang')", 6),
    ])
    func `a text that does not match its hash is dropped and returns with the next sync`(
        damage: String, id: Int
    ) throws {
        let group = try group()
        let id = RecordID(rawValue: UInt128(id))
        let before = try group[0].view(id, kind: "article")?.fields
        let conflicts = try group[0].conflicts().map { $0.others.map(\.json) }
        try open(group[0]).execute(damage)
        #expect(try group[0].verify().damaged != [])
        let report = try group[0].repair()
        #expect(report.droppedTexts == 1)
        #expect(report.left == [])
        #expect(try group[0].texts.missingCount == 1)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try group[0].view(id, kind: "article")?.fields == before)
        #expect(try group[0].conflicts().map { $0.others.map(\.json) } == conflicts)
        #expect(try group[0].verify().damaged == [])
    }

    @Test(arguments: [
        "UPDATE log SET stamp = stamp + 1 WHERE position = 2", "UPDATE log SET chain = zeroblob(32)",
        "DELETE FROM log WHERE position = 1", "UPDATE version SET value = zeroblob(32)",
        "UPDATE record SET fields = replace(fields, 'Imported', 'Imparted')",
        "UPDATE author SET text = text || '?'", "UPDATE log SET body = x'01'",
        "UPDATE record SET fields = '[]' WHERE row = 1",
    ])
    func `damage that nothing else can restore is left unchanged, and the error says what to do`(
        damage: String
    ) throws {
        let group = try group()
        try open(group[0]).execute(damage)
        let before = try dump(group[0])
        let error = #expect(throws: StorageError.self) { try group[0].repair() }
        #expect(error?.code == .damaged)
        #expect(error?.remedy == Remedy(.repairFromMirror))
        #expect(try dump(group[0]) == before)
        #expect(!group[0].isBusy)
    }

    @Test(arguments: 1...12)
    func `a random archive is unchanged after everything is rebuilt`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed) &* 65_537)
        let group = try Replicas(3, seed: UInt64(seed))
        for step in 0..<60 { try Script.step(step, on: group, using: &random) }
        if seed.isMultiple(of: 2) { _ = try group[0].compact() }
        let before = try dump(group[0])
        #expect(try group[0].repair().left == [])
        #expect(try dump(group[0]) == before, "seed \(seed)")
    }
}
