import QuipuSQLite
import Testing

struct TransactionTests {
    struct Stop: Error {}

    static func table() throws -> Connection {
        let connection = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try connection.execute("CREATE TABLE t (a INTEGER) STRICT")
        return connection
    }

    static func values(_ connection: Connection) throws -> [Int64] {
        var rows = try connection.rows("SELECT a FROM t ORDER BY a")
        var values: [Int64] = []
        while try rows.next() { values.append(rows.integer(0)) }
        return values
    }

    static func insert(_ value: Int64, _ connection: Connection) throws {
        try connection.run("INSERT INTO t VALUES (?1)", .integer(value))
    }

    @Test(arguments: [Connection.TransactionKind.deferred, .immediate])
    func `a transaction that returns is committed and its result is passed on`(
        kind: Connection.TransactionKind
    ) throws {
        let connection = try Self.table()
        let result = try connection.transaction(kind) {
            #expect(connection.isInTransaction)
            try Self.insert(1, connection)
            return "done"
        }
        #expect(result == "done" && !connection.isInTransaction)
        #expect(try Self.values(connection) == [1])
    }

    @Test(arguments: [Connection.TransactionKind.deferred, .immediate])
    func `a transaction that throws is rolled back and its error is passed on`(
        kind: Connection.TransactionKind
    ) throws {
        let connection = try Self.table()
        #expect(throws: Stop.self) {
            try connection.transaction(kind) {
                try Self.insert(1, connection)
                throw Stop()
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try Self.values(connection) == [])
    }

    @Test
    func `only the inner transaction is rolled back when it throws`() throws {
        let connection = try Self.table()
        try connection.transaction(.immediate) {
            try Self.insert(1, connection)
            #expect(throws: Stop.self) {
                try connection.transaction(.immediate) {
                    try Self.insert(2, connection)
                    throw Stop()
                }
            }
            #expect(connection.isInTransaction)
            try connection.transaction(.deferred) { try Self.insert(3, connection) }
        }
        #expect(try Self.values(connection) == [1, 3])
    }

    @Test
    func `an outer transaction that throws rolls back its inner transactions`() throws {
        let connection = try Self.table()
        #expect(throws: Stop.self) {
            try connection.transaction(.immediate) {
                try connection.transaction(.immediate) { try Self.insert(1, connection) }
                throw Stop()
            }
        }
        #expect(try Self.values(connection) == [])
    }

    @Test
    func `each level of nesting is rolled back separately`() throws {
        let connection = try Self.table()
        try connection.transaction(.immediate) {
            try Self.insert(1, connection)
            try connection.transaction(.immediate) {
                try Self.insert(2, connection)
                try? connection.transaction(.immediate) {
                    try Self.insert(3, connection)
                    try connection.transaction(.immediate) { try Self.insert(4, connection) }
                    throw Stop()
                }
                try Self.insert(5, connection)
            }
            try? connection.transaction(.immediate) {
                try Self.insert(6, connection)
                throw Stop()
            }
        }
        #expect(try Self.values(connection) == [1, 2, 5])
    }

    @Test
    func `a transaction can follow one that failed`() throws {
        let connection = try Self.table()
        for value in 1...3 {
            try? connection.transaction(.immediate) {
                try Self.insert(Int64(value), connection)
                if value == 2 { throw Stop() }
            }
        }
        #expect(try Self.values(connection) == [1, 3])
        #expect(!connection.isBusy)
    }

    @Test
    func `a commit that a constraint refuses leaves nothing and no transaction open`() throws {
        let connection = try Self.table()
        try connection.execute(
            """
            PRAGMA foreign_keys = ON;
            CREATE TABLE p (i INTEGER PRIMARY KEY);
            CREATE TABLE c (p REFERENCES p (i) DEFERRABLE INITIALLY DEFERRED)
            """)
        let error = failure {
            try connection.transaction(.immediate) { try connection.run("INSERT INTO c VALUES (7)") }
        }
        #expect(error?.code.primary == .constraint)
        #expect(!connection.isInTransaction)
        #expect(try connection.integer("SELECT COUNT(*) FROM c") == 0)
    }

    @Test
    func `an open cursor does not stop a transaction from ending`() throws {
        let connection = try Self.table()
        for value in 1...3 as ClosedRange<Int64> { try Self.insert(value, connection) }
        var rows = try connection.rows("SELECT a FROM t ORDER BY a")
        let isThere = try rows.next()
        #expect(isThere)
        try connection.transaction(.immediate) { try Self.insert(4, connection) }
        try? connection.transaction(.immediate) {
            try Self.insert(5, connection)
            throw Stop()
        }
        #expect(!connection.isInTransaction)
        #expect(try Self.values(connection) == [1, 2, 3, 4])
    }
}
