import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// Whatever follows from the log, and is kept beside it: changed behind its back it is found, a repair makes it again, and
/// no copy brings it along.
@Suite struct DerivedTests {
    private let group: Replicas
    private static let contested = RecordID(rawValue: 1 << 70)

    /// An archive with some of everything: a conflict, imports twice over, something that hangs on another, deleted
    /// records, old versions, a clock note, and both indexes filled.
    init() throws {
        group = try Replicas(2)
        try group.add([("title", "\"Zero\""), ("body", "\"first\"")], id: 1 << 70, at: 0)
        try group.add([("title", "\"Old\""), ("tags/blue", "true")], id: 2 << 70, at: 0)
        try group.add([("title", "\"Deleted\"")], id: 3 << 70, at: 0)
        try group.add(
            [("target", "\"\(Self.contested.text)\""), ("text", "\"A note\"")], kind: "note", id: 4 << 70,
            at: 0)
        for store in group.stores {
            group.world.advance(milliseconds: 1)
            let items = ["river", "mountain"].map { word in
                ImportItem(
                    kind: "article",
                    fields: [
                        ("title", canonicalString("The \(word)")),
                        ("body", canonicalString("Of the \(word).")),
                        ("url", canonicalString("https://example.org/\(word)")),
                    ])
            }
            _ = try store.importBatch(items, author: "ana")
        }
        try group.syncAll()
        for title in ["Older", "Newer"] { try group.add([("title", "\"\(title)\"")], id: 2 << 70, at: 0) }
        try group.add([("title", "\"ana\"")], id: 1 << 70, at: 0)
        try group.add([("title", "\"ben\"")], id: 1 << 70, at: 1, author: "ben")
        _ = try group[0].delete(RecordID(rawValue: 3 << 70), kind: "article", author: "ana")
        try group.syncAll()
        try takeClockNote()
        // An import reads keys of all that is there.
        _ = try group[0].importBatch(
            [ImportItem(kind: "article", fields: [("url", canonicalString("https://example.org/last"))])],
            author: "ana")
        try group.syncAll()
        try group[0].wordSearch.bringUpToDate()
        #expect(try group[0].verify().damaged == [])
        #expect(try group[0].openConflicts == 1)
    }

    /// Somebody writes, and says later that his clock was off.
    private func takeClockNote() throws {
        let origin = Origin(rawValue: 77)
        let stamp = Stamp(milliseconds: FakeWorld.startMilliseconds)
        func transaction(_ sequence: UInt64, _ records: [RecordChanges], note: ClockNote? = nil)
            -> Transaction
        {
            Transaction(
                name: TransactionName(origin: origin, sequence: sequence), stamp: stamp, author: "caro",
                isByProgram: note != nil, records: records, note: note)
        }
        let title = FieldChange(field: "title", value: .text(Array("\"Caro's\"".utf8)))
        let outcome = try group[0].apply([
            transaction(
                1, [RecordChanges(id: RecordID(rawValue: 5 << 70), kind: "article", fields: [title])]),
            transaction(
                2, [],
                note: ClockNote(
                    offsetMilliseconds: 5_000,
                    spans: [.init(last: TransactionName(origin: origin, sequence: 1), count: 1)])),
        ])
        #expect(outcome.appliedCount == 2)
    }

    private static let wordless = [
        "DELETE FROM searchable", "INSERT INTO search (search) VALUES ('delete-all')",
        "DELETE FROM searchable WHERE record = 1",
        """
        INSERT INTO search (rowid, title) VALUES (1000, 'other');
        DELETE FROM searchable WHERE record = 1;
        INSERT INTO searchable (record, document) VALUES (1, 1000)
        """,
        "INSERT INTO searchable (record, document) VALUES (900, 900)",
        "UPDATE archive SET searchable_position = 1000000",
    ]

    private static let keyless = [
        "DELETE FROM identity", "UPDATE identity SET record = 1",
        "UPDATE archive SET identified_position = 1000000", "UPDATE archive SET stamp = 4611686018427387904",
    ]

    private static let wrong = [
        "UPDATE log SET correction = 100000000 WHERE position = 2",
        "UPDATE log SET correction = 0, corrected_by = NULL",
        "UPDATE log SET corrected_by = 1 WHERE correction",
        "UPDATE log SET correction = correction + 1 WHERE correction",
        "UPDATE version SET flags = flags | 8 WHERE flags & 4",
        "UPDATE version SET flags = flags & ~8", "UPDATE version SET flags = flags & ~4",
        "UPDATE version SET flags = (flags | 1) - (flags & 1) WHERE NOT flags & 4",
        "UPDATE version SET flags = flags | 16 WHERE NOT flags & 4",
        "UPDATE version SET replaces = x'' WHERE NOT flags & 4",
        "UPDATE version SET key = zeroblob(16) WHERE NOT flags & 4",
        """
        INSERT INTO version
        SELECT record, field, (SELECT max(position) FROM log), key, value, flags & ~12, replaces
        FROM version
        WHERE flags & 8
        LIMIT 1
        """,
        "DELETE FROM twin", "INSERT OR IGNORE INTO twin SELECT row, 1 FROM record",
        "UPDATE record SET state = state | 16", "UPDATE record SET state = state & ~8",
        "UPDATE record SET state = state & ~1", "UPDATE record SET state = state & ~2",
        "UPDATE record SET base = base + 1 WHERE state & 8", "UPDATE record SET base = 1",
        "UPDATE record SET handle = handle + 1", "DELETE FROM conflict", "DELETE FROM hanging",
        "DELETE FROM element", "UPDATE element SET record = record + 1",
        "INSERT INTO element SELECT row, 1 FROM name WHERE text = 'title'",
        "INSERT INTO hanging VALUES (zeroblob(16), 1)", "INSERT INTO missing VALUES (zeroblob(32), 1, 1)",
        """
        INSERT INTO record (handle, id, kind, base, fields)
        SELECT 7, x'00000000000000000000000000000007', kind, base, '{}' FROM record LIMIT 1
        """,
        "UPDATE archive SET digest = zeroblob(16)",
    ]

    private func change(_ script: String, _ store: Store) throws {
        try Connection(path: store.folder.storePath, options: .init(mode: .readWrite)).execute(script)
    }

    /// What everybody sees of an archive.
    private func shown(_ store: Store) throws -> [String] {
        var found: [String] = []
        try store.forEachRecord(RecordFilter()) { record in
            found.append(
                "\(record.id.text) \(record.kind) "
                    + record.fields.map { "\($0.name)=\(String(decoding: $0.json, as: UTF8.self))" }.joined())
            return true
        }
        return found.sorted()
    }

    @Test(arguments: wrong + keyless + wordless)
    func `altered derived data is detected and rebuilt by a repair`(script: String) throws {
        let (before, digest) = (try shown(group[0]), try group[0].digest)
        try change(script, group[0])
        #expect(try group[0].verify().damaged != [], "nothing was found")
        let report = try group[0].repair()
        #expect(report.found != [] && report.left == [])
        #expect(try shown(group[0]) == before && group[0].digest == digest)
        try requireIndexes(of: group[0])
    }

    @Test(arguments: wrong + keyless + wordless)
    func `a copy with altered derived data is refused or rebuilt`(script: String) throws {
        let before = try shown(group[0])
        try change(script, group[0])
        let file = group.folder.path(of: "copy.sqlite")
        try group[0].backUp(to: file)
        let place = group.folder.path(of: "made")
        do {
            let made = try Store.create(in: place, copyOf: file, environment: group.world.environment())
            #expect(!Self.wrong.contains(script), "it was taken as it is")
            #expect(try made.verify().damaged == [])
            #expect(try shown(made) == before)
            try requireIndexes(of: made)
            // Its next edit is dated by the clock, not by what the copy said.
            let edit = Edit(
                id: RecordID(rawValue: 6 << 70), kind: "article",
                changes: [.init(field: "title", json: Array("\"Mine\"".utf8))])
            _ = try made.edit([edit], author: "dora")
            let latest = try made.clock.latestStampMilliseconds()
            #expect(abs(latest - group.world.environment().nowMilliseconds()) < 100_000)
        } catch let error as StorageError where error.code == .damaged {
            #expect(Self.wrong.contains(script), "a copy that could be used was refused: \(error)")
        }
    }

    private func requireIndexes(of store: Store) throws {
        var isFresh = true
        #expect(try store.search("river", isIndexFresh: &isFresh).count == 1)
        let again = try store.importBatch(
            [
                ImportItem(
                    kind: "article",
                    fields: [
                        ("title", canonicalString("The river")), ("body", canonicalString("Of the river.")),
                        ("url", canonicalString("https://example.org/river")),
                    ])
            ], author: "ana")
        #expect(!again.contains { "\($0)".hasPrefix("created") })
    }

    /// What somebody does who knows the form: another date, and all that follows from it.
    static let forged = """
        UPDATE log SET correction = 100000000 WHERE author = (SELECT row FROM author WHERE text = 'ben');
        UPDATE record SET fields = replace(fields, '"title":"ben"', '"title":"ana"');
        UPDATE version SET flags = flags - 8 WHERE flags & 8
            AND position IN (SELECT position FROM log WHERE correction = 100000000);
        UPDATE version SET flags = flags | 8
            WHERE flags & 4 AND NOT flags & 8 AND value IN (SELECT hash FROM text WHERE json = '"ana"');
        INSERT INTO text SELECT value, '"ben"' FROM version
            WHERE position IN (SELECT position FROM log WHERE correction = 100000000);
        DELETE FROM text WHERE json = '"ana"'
        """

    @Test func `an altered date with consistent derived data is detected too`() throws {
        let before = try shown(group[0])
        try change(Self.forged, group[0])
        #expect(try shown(group[0]) != before)
        #expect(try group[0].verify().damaged != [])
        let file = group.folder.path(of: "copy.sqlite")
        try group[0].backUp(to: file)
        #expect(throws: StorageError.self) {
            try Store.create(
                in: group.folder.path(of: "made"), copyOf: file, environment: group.world.environment())
        }
        #expect(try group[0].repair().left == [])
        #expect(try shown(group[0]) == before)
    }

    @Test func `a read-only archive can be verified and is left unchanged`() throws {
        let store = try Store(
            opening: group[0].folder, mode: .readOnly, environment: group.world.environment())
        for _ in 0..<2 { #expect(try store.verify().damaged == []) }
        try change("DELETE FROM identity", group[0])
        #expect(try store.verify().damaged.count == 1)
        #expect(!store.isBusy)
    }

    @Test func `indexes that lag behind the log are not reported as damaged`() throws {
        try group.add([("title", "\"Later\""), ("url", "\"https://example.org/later\"")], id: 8 << 70, at: 0)
        try group.add([("title", "\"Newest\"")], id: 2 << 70, at: 0)
        _ = try group[0].delete(RecordID(rawValue: 4 << 70), kind: "note", author: "ana")
        #expect(try group[0].verify().damaged == [])
        _ = try group[0].compact()
        #expect(try group[0].verify().damaged == [])
    }
}
