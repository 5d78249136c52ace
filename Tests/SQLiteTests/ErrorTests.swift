import QuipuSQLite
import Testing

struct ErrorTests {
    static func table() throws -> Connection {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try connection.execute("CREATE TABLE t (a TEXT UNIQUE NOT NULL, i INTEGER CHECK (i < 10)) STRICT")
        try connection.run("INSERT INTO t VALUES (?1, 1)", .text("hidden source"))
        return connection
    }

    @Test
    func `an error carries the statement and not its bound values`() throws {
        let connection = try Self.table()
        let errors = [
            failure { try connection.run("INSERT INTO t VALUES (?1, 2)", .text("hidden source")) },
            failure {
                try connection.run("INSERT INTO t VALUES (?1, ?2)", .text("other"), .text("hidden source"))
            },
            failure {
                try connection.run("INSERT INTO t VALUES (?1, ?2)", .text("hidden"), .integer(77_777))
            },
            failure { try connection.run("SELECT JSON(?1)", .text("hidden source")) },
        ]
        for error in errors {
            let error = try #require(error)
            #expect(error.sql?.contains("?1") == true)
            #expect(error.description.contains(try #require(error.sql)))
            #expect(!error.description.contains("hidden") && !error.description.contains("77777"))
            #expect(error.path == ":memory:")
        }
    }

    @Test
    func `an extended error code has its primary code`() throws {
        let connection = try Self.table()
        let error = failure { try connection.run("INSERT INTO t VALUES (?1, 2)", .text("hidden source")) }
        #expect(error?.code.rawValue == 2067, "SQLITE_CONSTRAINT_UNIQUE")
        #expect(error?.code != .constraint && error?.code.primary == .constraint)
    }

    @Test
    func `the error's text says what was refused and where`() throws {
        let error = failure { try Self.table().execute("CREATE TABLE t (a)") }
        #expect(
            error?.description == "SQLite error 1: table t already exists (:memory:) in: CREATE TABLE t (a)")
    }

    @Test
    func `a script stops at its first error and keeps the statements before it`() throws {
        let connection = try Self.table()
        #expect(failure { try connection.execute("CREATE TABLE u (a); SELEKT; CREATE TABLE v (a)") } != nil)
        #expect(try connection.integer("SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('u', 'v')") == 1)
    }
}
