import Foundation
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// An archive on a stick may have been anywhere, and may mean harm.
@Suite struct ForeignArchiveTests {
    private static let hostile = [
        "CREATE TRIGGER evil AFTER INSERT ON log BEGIN DELETE FROM record; END",
        "CREATE TRIGGER evil AFTER UPDATE ON archive BEGIN DELETE FROM text; END",
        "CREATE VIEW evil AS SELECT 1", "CREATE TABLE extra (a)",
        "CREATE INDEX evil ON record (length(fields))", "DROP INDEX record_by_handle",
        "DROP VIEW tags; CREATE VIEW tags AS SELECT load_extension('evil') AS id, 1 AS tag",
        "ALTER TABLE record ADD COLUMN evil TEXT AS (upper(fields))",
        "ALTER TABLE archive RENAME COLUMN stamp TO mark",
        """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'length(id) = 16', 'length(id) > 01') WHERE name = 'archive'
        """,
    ]

    private func damage(_ path: String, _ script: String) throws {
        try Connection(path: path, options: .init(mode: .readWrite)).execute(script)
    }

    @Test(arguments: hostile)
    func `a foreign archive whose schema differs in any byte is refused before anything is read or written`(
        script: String
    ) throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.add([("title", "\"Fire\"")], id: 8, at: 1)
        try damage(group[1].folder.storePath, script)
        let before = (try group[0].log.vector(), try group[0].position)
        let error = #expect(throws: StorageError.self) { try group.sync(0, 1) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("does not have Quipu's layout") == true)
        #expect(try group[0].log.vector() == before.0 && group[0].position == before.1)
        let there = try Connection(path: group[1].folder.storePath, options: .init(mode: .readOnly))
        #expect(try there.integer("SELECT count(*) FROM log") == 1, "nothing was written there either")
        #expect(!group[0].isBusy)
    }

    @Test func `local settings in a foreign archive are not trusted`() throws {
        let group = try Replicas(2)
        try group.sync(0, 1)
        try damage(
            group[1].folder.localPath,
            "CREATE TRIGGER evil AFTER UPDATE ON replica BEGIN DELETE FROM remote; END")
        let error = #expect(throws: StorageError.self) { try group.sync(0, 1) }
        #expect(error?.code == .damaged)
    }

    @Test func `a sound archive is accepted, own or foreign`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        #expect(try group[0].digest == group[1].digest)
        let foreign = try Store(
            opening: group[1].folder, isForeign: true, environment: group.world.environment())
        try foreign.integrity.requireSound()
        // One's own may have an index that its owner made.
        try damage(group[0].folder.storePath, "CREATE INDEX mine ON record (kind, base)")
        let own = try Store(opening: group[0].folder, environment: group.world.environment())
        #expect(try own.verify().damaged == [])
    }

    @Test(arguments: [
        "UPDATE archive SET digest = zeroblob(16)", "UPDATE log SET author = author, stamp = stamp + 1",
        "UPDATE record SET fields = replace(fields, 'Water', 'Waiter')",
        "UPDATE origin SET chain = zeroblob(32)", "DELETE FROM record", "UPDATE log SET body = x'00'",
        "UPDATE record SET fields = '{'", "DELETE FROM archive",
    ])
    func `data that the chains and the digest do not confirm is detected before it is used`(script: String)
        throws
    {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try damage(group[0].folder.storePath, script)
        let error = #expect(throws: StorageError.self) {
            try Store(opening: group[0].folder, isForeign: true, environment: group.world.environment())
                .integrity.requireSound()
        }
        #expect(error?.code == .damaged, "\(String(describing: error))")
    }
}
