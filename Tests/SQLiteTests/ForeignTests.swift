import QuipuSQLite
import Testing

/// A file from elsewhere may hold a schema that means harm.
struct ForeignTests {
    @Test
    func `a foreign file's schema is not trusted and cannot be written by SQL`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.open().execute("CREATE TABLE t (a)")
        let foreign = try folder.open(isForeign: true)
        #expect(try foreign.integer("PRAGMA trusted_schema") == 0)
        try foreign.execute("PRAGMA writable_schema = ON")
        #expect(failure { try foreign.run("UPDATE sqlite_schema SET sql = 'x'") } != nil)
        try foreign.execute("PRAGMA journal_mode = OFF")
        #expect(try foreign.text("PRAGMA journal_mode") != "off", "defensive keeps the journal")
    }

    @Test
    func `an own file's schema is trusted`() throws {
        let own = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        #expect(try own.integer("PRAGMA trusted_schema") == 1)
    }
}
