import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

@Suite struct MigrationTests {
    private let migrations = Migrations(steps: [
        .init(script: "ALTER TABLE cord ADD COLUMN colour TEXT"),
        .init(script: "UPDATE cord SET colour = 'red'"),
    ])

    private func database(in folder: TemporaryFolder) throws -> Connection {
        let database = try Connection(
            path: folder.path(of: "old.sqlite"), options: .init(mode: .readWriteCreate))
        try database.execute(
            "CREATE TABLE cord (knots INTEGER); INSERT INTO cord VALUES (3); PRAGMA user_version = 1")
        return database
    }

    @Test func `an older archive takes every missing step in order`() throws {
        let folder = try TemporaryFolder()
        let database = try database(in: folder)
        try migrations.bringUpToDate(database)
        #expect(try database.text("SELECT colour FROM cord") == "red")
        #expect(try database.integer("PRAGMA user_version") == 3)
        try migrations.bringUpToDate(database)
        #expect(try database.integer("PRAGMA user_version") == 3)
    }

    @Test func `a step that fails leaves the archive in its form`() throws {
        let folder = try TemporaryFolder()
        let database = try database(in: folder)
        let broken = Migrations(steps: [
            migrations.steps[0], .init(script: "UPDATE nowhere SET colour = 'red'"),
        ])
        #expect(throws: SQLiteError.self) { try broken.bringUpToDate(database) }
        #expect(try database.integer("PRAGMA user_version") == 1)
        #expect(try database.integer("SELECT count(*) FROM pragma_table_info('cord')") == 1)
    }

    @Test func `the form of a new archive is the one after the last step`() throws {
        let group = try Replicas(1)
        let database = try Connection(path: group[0].folder.storePath, options: .init(mode: .readOnly))
        #expect(try database.integer("PRAGMA user_version") == Int64(Migrations.store.latestForm))
    }
}
