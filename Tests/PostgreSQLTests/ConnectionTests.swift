import QuipuPostgreSQL
import Support
import Testing

@Suite struct ConnectionTests {
    let server: PostgresServer
    let url: String

    init() throws {
        server = try PostgresServer.shared.get()
        url = try server.newDatabase()
    }

    private func connect(_ url: String? = nil) throws -> Connection {
        try Connection(DatabaseAddress(url ?? self.url))
    }

    @Test func `bound values are returned unchanged to the last byte`() throws {
        let connection = try connect()
        let bytes = (0...255).map { UInt8($0) }
        let rows = try connection.run(
            "SELECT $1, $2, $3, $4, $5, $6", .integer(Int64.min), .text("it's \"Ñáñez\"; --"), .bytes(bytes),
            .bytes([]), .null, .text(""))
        #expect(rows.count == 1)
        #expect(try rows.integer(0, 0) == .min)
        #expect(rows.text(0, 1) == "it's \"Ñáñez\"; --")
        #expect(rows.bytes(0, 2) == bytes)
        #expect(rows.bytes(0, 3) == [] && !rows.isNull(0, 3))
        #expect(rows.isNull(0, 4))
        #expect(rows.text(0, 5) == "" && !rows.isNull(0, 5))
    }

    @Test func `array parameters match their elements`() throws {
        let connection = try connect()
        let rows = try connection.run(
            """
            SELECT count(*) FROM (VALUES ('\\x00ff'::bytea), ('\\x01')) AS item (value)
            WHERE value = ANY ($1) AND 'b' = ANY ($2) AND NOT 'a' = ANY ($3)
            """, .listOfBytes([[0, 255], [7]]), .listOfTexts(["a", "b"]), .listOfTexts([]))
        #expect(try rows.integer(0, 0) == 1)
    }

    @Test func `many rows are inserted with few statements`() throws {
        let connection = try connect()
        try connection.execute("CREATE TABLE item (number bigint PRIMARY KEY, value bytea NOT NULL)")
        let large = [UInt8](repeating: 7, count: 1 << 20)
        try connection.insert(
            "INSERT INTO item (number, value) VALUES",
            rows: (0..<3_001).map { [.integer($0), .bytes($0 % 500 == 0 ? large : [1])] })
        try connection.insert(
            "INSERT INTO item (number, value) VALUES", rows: [[.integer(0), .bytes([2])]],
            "ON CONFLICT DO NOTHING")
        let rows = try connection.run(
            "SELECT count(*), count(DISTINCT number), sum(length(value))::bigint FROM item")
        #expect(try rows.integer(0, 0) == 3_001 && rows.integer(0, 1) == 3_001)
        #expect(try rows.integer(0, 2) == 7 << 20 + 2_994)
    }

    @Test func `a transaction is kept whole or not at all`() throws {
        let connection = try connect()
        try connection.execute("CREATE TABLE item (number bigint PRIMARY KEY)")
        try connection.transaction { _ = try connection.run("INSERT INTO item VALUES (1)") }
        let error = #expect(throws: PostgreSQLError.self) {
            try connection.transaction {
                try connection.run("INSERT INTO item VALUES (2)")
                try connection.run("INSERT INTO item VALUES ($1)", .integer(1))
            }
        }
        #expect(error?.code == .uniqueViolation)
        #expect(error?.description.contains("INSERT INTO item VALUES ($1)") == true)
        #expect(try connection.run("SELECT number FROM item").count == 1)
    }

    @Test func `a transaction body that ignores a failure is not reported as committed`() throws {
        let connection = try connect()
        let error = #expect(throws: PostgreSQLError.self) {
            try connection.transaction { _ = try? connection.run("SELECT 1 / 0") }
        }
        #expect(error?.code.category == "40")
    }

    @Test func `two transactions that conflict are told to try again`() throws {
        let (first, second) = (try connect(), try connect())
        try first.execute(
            "CREATE TABLE item (number bigint PRIMARY KEY, value bigint); INSERT INTO item VALUES (1, 0)")
        let error = #expect(throws: PostgreSQLError.self) {
            try first.transaction {
                try first.run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                try first.run("SELECT value FROM item")
                try second.run("UPDATE item SET value = 2")
                try first.run("UPDATE item SET value = 1")
            }
        }
        #expect(error?.isContention == true && error?.code == .serializationFailure)
        #expect(error?.isConnectionFailure == false)
    }

    @Test func `a terminated session is a lost connection, and at COMMIT an unknown outcome`()
        throws
    {
        let (victim, other) = (try connect(), try connect())
        let number = try victim.run("SELECT pg_backend_pid()::bigint").integer(0, 0)
        let error = #expect(throws: PostgreSQLError.self) {
            try victim.transaction {
                // Waits until the session is gone.
                try other.run("SELECT pg_terminate_backend($1::int, 10000)", .integer(number))
            }
        }
        #expect(error?.isOutcomeUnknown == true && error?.isConnectionFailure == true)
        #expect(victim.isBroken)
        #expect(throws: PostgreSQLError.self) { try victim.run("SELECT 1") }
    }

    @Test func `a statement that exceeds its timeout is given up`() throws {
        var options = Connection.Options()
        options.statementTimeoutMilliseconds = 50
        let connection = try Connection(DatabaseAddress(url), options: options)
        let error = #expect(throws: PostgreSQLError.self) { try connection.run("SELECT pg_sleep(600)") }
        #expect(error?.code == .connectionLost)
        #expect(connection.isBroken)
    }

    @Test func `a notification of one session reaches another`() throws {
        let (listener, speaker) = (try connect(), try connect())
        try listener.run("LISTEN quipu")
        try speaker.run("SELECT pg_notify($1, $2)", .text("quipu"), .text("press 7"))
        // A descriptor that never can be read.
        let found = try listener.notifications(timeoutMilliseconds: 10_000, wake: -1)
        #expect(found == [Notification(channel: "quipu", payload: "press 7")])
    }

    @Test func `commits wait for the disk even where the database is set up otherwise`() throws {
        let name = try connect().run("SELECT current_database()::text").text(0, 0)
        try server.run("ALTER DATABASE \(name) SET synchronous_commit = off", in: "postgres")
        #expect(try connect().run("SHOW synchronous_commit").text(0, 0) == "on")
    }
}
