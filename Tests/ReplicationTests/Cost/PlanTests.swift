import CQuipuSQLite
import Foundation
import Support
import Testing

@testable import QuipuStorage

/// How SQLite finds what each statement asks for: by an index, or by reading a table from end to end.
///
/// The statements are all that the sources of `Storage` contain, so a new one that reads everything is named here until
/// somebody says why that is what it is for.
@Suite struct PlanTests {
    /// Tables of one row, of a row for what one machine knows a few of, or with a bound of their own.
    private static let smallTables: Set<String> = [
        "archive", "replica", "clock", "unnoted", "remote", "clock_difference", "fetched_collection",
        "refusal",
        "past_origin", "name_use", "holding", "shown", "branch_start", "sqlite_schema", "sqlite_master",
        "written", "bundle_number", "bundle_sender",
    ]

    /// Rooms whose statements are about the whole archive: they verify it, repair it, or migrate it to a new form.
    private static let roomsForAll = ["Integrity/", "Schema/Migrations", "Store/Migrations"]

    /// The other statements that read a table to its end, each with what needs it.
    private static let readsForAll: [(begins: String, because: String)] = [
        (
            "SELECT DISTINCT name.text FROM record JOIN name",
            "the kinds that there are, for a name without its kind"
        ),
        ("SELECT EXISTS (SELECT 1 FROM missing WHERE field = ?)", "texts that have not come, which are few"),
        ("SELECT conflict.record, conflict.field, max(version.position)", "every open conflict"),
        ("SELECT conflict.record, conflict.field FROM conflict", "every open conflict"),
        ("DELETE FROM loss WHERE lost_at NOT BETWEEN", "what is remembered of one day"),
        ("SELECT record, field FROM conflict WHERE field != 0", "compaction, once"),
        ("SELECT DISTINCT hash FROM part", "pieces that are under way"),
        ("SELECT EXISTS (SELECT 1 FROM log WHERE chain = ?)", "once for each branch that comes"),
        ("SELECT position FROM log WHERE chain IN", "once for each branch that comes"),
        ("SELECT position FROM log WHERE chain = ?", "a clock note after a branch"),
        ("SELECT position, corrected_by FROM log", "the step to form 3"),
        ("SELECT position, body FROM log ORDER BY position", "the step to form 3"),
        ("SELECT log.origin, sum(length(CAST(", "status --who: what everybody wrote"),
        ("SELECT origin.row, origin.id, written.count", "status --who: what everybody wrote"),
        ("SELECT text FROM name WHERE EXISTS", "the kinds that there are"),
        ("SELECT count(*) FROM missing JOIN record", "texts that have not come"),
        ("SELECT missing.record, name.text FROM missing", "texts that have not come"),
        ("UPDATE waiting_text SET remote", "texts that have not come"),
        ("SELECT missing.hash, min(CASE", "the order in which missing texts are asked for"),
        ("SELECT count(DISTINCT record) FROM missing", "texts that have not come"),
        ("SELECT DISTINCT hash FROM missing", "texts that have not come"),
        ("SELECT count(*) FROM missing", "texts that have not come"),
        ("SELECT row FROM record ORDER BY row", "the first search, which indexes everything"),
        ("SELECT name.text, count(*) - (SELECT count(*) FROM record", "status: how many records there are"),
        ("SELECT id, sequence, chain FROM origin", "the vector"),
        (
            "SELECT row FROM record WHERE CASE ?1",
            "completion of a handle without a letter, of at most 100 records"
        ),
        ("SELECT count(*) FROM conflict", "status: how many conflicts there are"),
        ("SELECT row FROM record INDEXED BY record_deleted", "what is deleted, by an index of that alone"),
        ("SELECT count(*) FROM record", "how many records a listing of all is about"),
        ("SELECT DISTINCT record FROM conflict", "every open conflict"),
        (
            "SELECT position, body FROM log WHERE instr(body, ?)",
            "undo, log --record: whether an entry is undone"
        ),
        ("SELECT name.text, count(*) FROM name CROSS JOIN element", "tags: how often each is used"),
        ("SELECT merged.record, record.id", "all that is merged, once for a process"),
        ("SELECT record, field FROM conflict", "every open conflict"),
        ("SELECT key, record FROM identity ORDER BY key", "duplicates: all keys, in their order"),
        ("SELECT version.record FROM version JOIN name", "duplicates: what several imports gave"),
    ]

    private struct Statement {
        let file: String
        let sql: String
    }

    @Test func `no statement scans a whole table unless it is about the whole table`() throws {
        let group = try Replicas(1)
        var found: [String] = []
        var explained = 0
        var used: Set<String> = []
        for statement in try Self.statements() {
            guard let plan = try Self.plan(of: statement.sql, in: group[0]) else { continue }
            explained += 1
            let tables = plan.compactMap(Self.scannedTable).filter { !Self.smallTables.contains($0) }
            if tables.isEmpty || Self.roomsForAll.contains(where: statement.file.contains) { continue }
            if let known = Self.readsForAll.first(where: { statement.sql.hasPrefix($0.begins) }) {
                used.insert(known.begins)
                continue
            }
            found.append("\(statement.file) reads all of \(tables.joined(separator: ", ")): \(statement.sql)")
        }
        #expect(found == [])
        #expect(explained > 200, "the statements are looked for where they are")
        #expect(
            Self.readsForAll.map(\.begins).filter { !used.contains($0) } == [], "these are no longer needed")
    }

    @Test func `the plan check detects a statement without an index`() throws {
        let group = try Replicas(1)
        func scanned(_ sql: String) throws -> [String]? {
            try Self.plan(of: sql, in: group[0]).map { $0.compactMap(Self.scannedTable) }
        }
        #expect(try scanned("SELECT record FROM version WHERE value = ?") == [])
        #expect(try scanned("SELECT hash FROM text WHERE json = ?") == ["text"])
        #expect(
            try scanned("SELECT origin, min(sequence) FROM log WHERE position > ? GROUP BY origin") == ["log"]
        )
        #expect(try scanned("SELECT EXISTS (SELECT 1 FROM log)") == [], "the first row is enough")
        #expect(try scanned("SELECT 1 FROM nowhere") == nil)
    }

    // MARK: Reading plans

    /// The table that a step of a plan reads from end to end; nil for a step that does not.
    private static func scannedTable(_ step: String) -> String? {
        let words = step.split(separator: " ")
        guard words.first == "SCAN", words.count > 1, !step.contains("CONSTANT"),
            !step.contains("VIRTUAL TABLE"),
            !words[1].hasPrefix("(")
        else { return nil }
        return words[1].split(separator: ".").last.map(String.init)
    }

    /// The steps; nil for a statement about a table that only another moment or another database has.
    private static func plan(of sql: String, in store: Store) throws -> [String]? {
        // Of the first row that there is, nothing more is read.
        if sql.contains(#/EXISTS \(SELECT 1 FROM \w+\)/#) { return [] }
        for path in [store.folder.storePath, store.folder.localPath] {
            var handle: OpaquePointer?
            defer { sqlite3_close(handle) }
            try #require(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
            var statement: OpaquePointer?
            defer { sqlite3_finalize(statement) }
            guard sqlite3_prepare_v2(handle, "EXPLAIN QUERY PLAN " + sql, -1, &statement, nil) == SQLITE_OK
            else {
                continue
            }
            var steps: [String] = []
            while sqlite3_step(statement) == SQLITE_ROW {
                steps.append(String(cString: sqlite3_column_text(statement, 3)))
            }
            return steps
        }
        return nil
    }

    // MARK: Finding statements

    /// Every literal of the sources that is one.
    private static func statements() throws -> [Statement] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
                "Sources/QuipuStorage")
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var found: [Statement] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let pieces = text.components(separatedBy: "\"\"\"")
            for (number, piece) in pieces.enumerated() {
                let literals =
                    number % 2 == 1 ? [piece] : piece.matches(of: #/"([^"\\\n]*)"/#).map { String($0.1) }
                for literal in literals {
                    let sql = literal.replacing("\\\n", with: "\n").split(whereSeparator: \.isWhitespace)
                        .joined(separator: " ")
                    guard sql.starts(with: #/(SELECT|WITH|INSERT|UPDATE|DELETE) /#) else { continue }
                    found.append(Statement(file: String(file.path.dropFirst(root.path.count + 1)), sql: sql))
                }
            }
        }
        return found
    }
}
