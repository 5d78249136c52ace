import QuipuSQLite
import Testing

struct BusyTests {
    static func pair(
        in folder: TemporaryFolder, journal: String = "WAL", timeoutMilliseconds: Int32 = 0
    ) throws -> (Connection, Connection) {
        let one = try folder.open()
        try one.execute("PRAGMA journal_mode = \(journal); CREATE TABLE t (a)")
        return (one, try folder.open("test.sqlite", .readWrite, busyTimeoutMilliseconds: timeoutMilliseconds))
    }

    @Test(arguments: ["WAL", "DELETE"])
    func `a second writer is told that the database is busy and can try again`(journal: String) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (one, other) = try Self.pair(in: folder, journal: journal)
        try one.transaction(.immediate) {
            try one.run("INSERT INTO t VALUES (1)")
            let error = failure {
                try other.transaction(.immediate) { try other.run("INSERT INTO t VALUES (2)") }
            }
            #expect(error?.code.primary == .busy)
            #expect(error?.path == folder.file("test.sqlite"))
            #expect(!other.isInTransaction && !other.isBusy)
        }
        try other.transaction(.immediate) { try other.run("INSERT INTO t VALUES (2)") }
        #expect(try one.integer("SELECT COUNT(*) FROM t") == 2)
    }

    @Test
    func `the wait for a lock is bounded`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (one, other) = try Self.pair(in: folder, timeoutMilliseconds: 60)
        try one.transaction(.immediate) {
            let clock = ContinuousClock()
            let start = clock.now
            let error = failure { try other.run("INSERT INTO t VALUES (2)") }
            let waited = clock.now - start
            #expect(error?.code.primary == .busy)
            #expect(waited >= .milliseconds(50), "it waits as long as it was told")
            #expect(waited < .seconds(4), "and not as long as it was not")
        }
    }

    @Test
    func `a reader keeps its view while another writes`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (one, other) = try Self.pair(in: folder)
        try other.transaction(.deferred) {
            #expect(try other.integer("SELECT COUNT(*) FROM t") == 0)
            try one.run("INSERT INTO t VALUES (1)")
            #expect(try other.integer("SELECT COUNT(*) FROM t") == 0)
        }
        #expect(try other.integer("SELECT COUNT(*) FROM t") == 1)
    }

    @Test
    func `a reader that writes over an outdated view is refused at once and rolled back`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (one, other) = try Self.pair(in: folder, timeoutMilliseconds: 5_000)
        let error = failure {
            try other.transaction(.deferred) {
                _ = try other.integer("SELECT COUNT(*) FROM t")
                try one.run("INSERT INTO t VALUES (1)")
                try other.run("INSERT INTO t VALUES (2)")
            }
        }
        #expect(error?.code.rawValue == 517, "SQLITE_BUSY_SNAPSHOT: waiting would not help")
        #expect(!other.isInTransaction)
        #expect(try other.integer("SELECT COUNT(*) FROM t") == 1)
    }
}
