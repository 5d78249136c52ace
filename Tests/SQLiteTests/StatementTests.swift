import QuipuSQLite
import Testing

struct StatementTests {
    static func numbers() throws -> Connection {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try connection.execute(
            "CREATE TABLE n (i INTEGER PRIMARY KEY) STRICT; INSERT INTO n VALUES (1), (2), (3)")
        return connection
    }

    static func all(_ connection: Connection) throws -> Rows {
        try connection.rows("SELECT i FROM n ORDER BY i")
    }

    @Test
    func `two cursors over one literal do not disturb each other`() throws {
        let connection = try Self.numbers()
        var pairs: [[Int64]] = []
        var outer = try Self.all(connection)
        while try outer.next() {
            var inner = try Self.all(connection)
            while try inner.next() { pairs.append([outer.integer(0), inner.integer(0)]) }
        }
        #expect(pairs == (1...3).flatMap { i in (1...3).map { [Int64(i), Int64($0)] } })
    }

    @Test
    func `a cursor that is dropped half-way leaves no busy statement and no lock`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let connection = try folder.open()
        try connection.execute("CREATE TABLE n (i); INSERT INTO n VALUES (1), (2)")
        do {
            var rows = try Self.all(connection)
            let isThere = try rows.next()
            #expect(isThere && connection.isBusy)
        }
        #expect(!connection.isBusy)
        try folder.open().execute("DROP TABLE n")
    }

    @Test
    func `no statement stays busy after a failure at any point`() throws {
        let connection = try Self.numbers()
        #expect(failure { try connection.run("SELEKT 1") } != nil)
        #expect(failure { try connection.run("INSERT INTO n VALUES (1)") }?.code.primary == .constraint)
        #expect(failure { try connection.run("SELECT ABS(-9223372036854775808)") } != nil)
        #expect(failure { try connection.run("SELECT ?1", .null, .null) } != nil)
        #expect(!connection.isBusy)
        #expect(try connection.integer("SELECT COUNT(*) FROM n") == 3)
    }

    @Test
    func `a statement that failed can be run again`() throws {
        let connection = try Self.numbers()
        func insert(_ value: Int64) -> SQLiteError? {
            failure { try connection.run("INSERT INTO n VALUES (?1)", .integer(value)) }
        }
        #expect(insert(1) != nil)
        #expect(insert(4) == nil)
        #expect(insert(4) != nil)
        #expect(insert(5) == nil)
        #expect(try connection.integer("SELECT MAX(i) FROM n") == 5)
    }

    @Test
    func `a cached statement follows a change of the schema`() throws {
        let connection = try Self.numbers()
        func columns() throws -> Int64? { try connection.integer("SELECT COUNT(*) FROM (SELECT * FROM n)") }
        #expect(try columns() == 3)
        try connection.execute("DROP TABLE n; CREATE TABLE n (i, j); INSERT INTO n VALUES (7, 8)")
        #expect(try columns() == 1)
    }

    @Test
    func `more literals than the cache holds all work`() throws {
        let connection = try Self.numbers()
        // Distinct literals are made here by nesting cursors over one: each open one needs a statement of its own.
        func nest(_ depth: Int) throws -> Int64 {
            if depth == 0 { return 0 }
            var rows = try Self.all(connection)
            let isThere = try rows.next()
            #expect(isThere)
            return rows.integer(0) + (try nest(depth - 1))
        }
        #expect(try nest(300) == 300)
        #expect(!connection.isBusy)
        #expect(try nest(2) == 2)
    }

    @Test
    func `the change count and the last row id are those of the last statement`() throws {
        let connection = try Self.numbers()
        try connection.run("INSERT INTO n VALUES (10)")
        #expect(connection.lastInsertedRow == 10 && connection.changes == 1)
        try connection.run("DELETE FROM n WHERE i <= ?1", .integer(2))
        #expect(connection.changes == 2)
    }

    @Test
    func `a finished cursor stays finished`() throws {
        let connection = try Self.numbers()
        var rows = try connection.rows("SELECT i FROM n WHERE i > ?1", .integer(2))
        let first = try rows.next()
        let second = try rows.next()
        #expect(first && !second)
    }

    @Test
    func `a second statement in one literal is refused and not ignored`() throws {
        let connection = try Self.numbers()
        #expect(failure { try connection.run("DELETE FROM n WHERE i = 1; DELETE FROM n WHERE i = 2") } != nil)
        #expect(try connection.integer("SELECT COUNT(*) FROM n") == 3)
        try connection.run("DELETE FROM n WHERE i = 1; -- white space and a comment are no statement\n")
        #expect(try connection.integer("SELECT COUNT(*) FROM n") == 2)
    }
}
