import QuipuSQLite
import Testing

/// A disk that is full, played by a bound on the database's pages. Some of these failures make SQLite roll the
/// whole transaction back by itself.
struct DiskFullTests {
    static let large = Argument.blob([UInt8](repeating: 7, count: 100_000))

    static func small(_ folder: TemporaryFolder) throws -> Connection {
        let connection = try folder.open()
        try connection.execute(
            "PRAGMA page_size = 4096; CREATE TABLE t (a); CREATE TABLE u (a); PRAGMA max_page_count = 10")
        return connection
    }

    @Test
    func `a full disk is reported as such and loses no committed data`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let connection = try Self.small(folder)
        try connection.run("INSERT INTO t VALUES (1)")
        let error = failure { try connection.run("INSERT INTO t VALUES (?1)", Self.large) }
        #expect(error?.code.primary == .full)
        #expect(error?.sql == "INSERT INTO t VALUES (?1)")
        #expect(!connection.isBusy && !connection.isInTransaction)
        try connection.run("INSERT INTO t VALUES (2)")
        #expect(try folder.open().integer("SELECT COUNT(*) FROM t") == 2)
    }

    @Test
    func `a transaction that meets a full disk is rolled back and ends`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let connection = try Self.small(folder)
        let error = failure {
            try connection.transaction(.immediate) {
                try connection.run("INSERT INTO t VALUES (1)")
                try connection.run("INSERT INTO t VALUES (?1)", Self.large)
            }
        }
        #expect(error?.code.primary == .full)
        #expect(!connection.isInTransaction)
        #expect(try connection.integer("SELECT COUNT(*) FROM t") == 0)
        try connection.transaction(.immediate) { try connection.run("INSERT INTO t VALUES (1)") }
        #expect(try connection.integer("SELECT COUNT(*) FROM t") == 1)
    }

    @Test
    func `a caller that ignores the failure of an inner transaction keeps nothing half-written`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let connection = try Self.small(folder)
        let error = failure {
            try connection.transaction(.immediate) {
                try connection.run("INSERT INTO t VALUES (1)")
                try? connection.transaction(.immediate) {
                    try connection.run("INSERT INTO t VALUES (?1)", Self.large)
                }
                try connection.run("INSERT INTO u VALUES (1)")
            }
        }
        let (kept, later) = (
            try connection.integer("SELECT COUNT(*) FROM t"), try connection.integer("SELECT COUNT(*) FROM u")
        )
        // Either SQLite undid the inner part only and all the rest is there, or all is gone and it is said so.
        #expect(error == nil ? kept == 1 && later == 1 : kept == 0 && later == 0)
        #expect(!connection.isInTransaction)
    }
}
