import QuipuPostgreSQL
import Support
import Testing

@Suite struct DatabaseAddressTests {
    @Test(arguments: [
        "postgres://", "postgresql://", "postgres:///quipu", "postgres://quipu@db.example:5433/quipu",
        "postgres://a.example,b.example/quipu?target_session_attrs=read-write",
    ])
    func `addresses without a password are accepted`(text: String) throws {
        #expect(try !DatabaseAddress(text).hasPassword)
    }

    @Test(arguments: ["postgres://quipu:secret@db.example/quipu", "postgres:///quipu?password=secret"])
    func `a password in an address is noticed`(text: String) throws {
        #expect(try DatabaseAddress(text).hasPassword)
    }

    @Test(arguments: [
        "", "db.example", "http://db.example/quipu", "host=db.example password=secret",
        "postgres://quipu:secret%zz@db.example/quipu", "postgres://quipu:half@secret@db.example/quipu",
        "postgres://quipu:x@[::1/secret", "postgres:///quipu?secret=1", "postgres://db.example/quipu\0secret",
    ])
    func `a malformed address is refused and not repeated in the error`(text: String) {
        let error = #expect(throws: PostgreSQLError.self) { try DatabaseAddress(text) }
        #expect(error?.code == .badAddress)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `no error shows a password`() throws {
        let server = try PostgresServer.shared.get()
        let good = try DatabaseAddress(server.url(of: "postgres", user: "guarded", password: "open%20sesame"))
        #expect(try Connection(good).run("SELECT 1::bigint").integer(0, 0) == 1)
        for (user, database) in [
            ("guarded", "postgres"), ("quipu", "secret-place"), ("secret-place", "postgres"),
        ] {
            let url = server.url(of: database, user: user, password: "secret-place")
            let error = #expect(throws: PostgreSQLError.self) { try Connection(DatabaseAddress(url)) }
            #expect(error?.code == .cannotConnect)
            #expect(error?.isConnectionFailure == true)
            #expect(error?.description.contains("secret-place") == false, "\(String(describing: error))")
        }
    }

    @Test func `a port without a listener is unreachable`() throws {
        let port = try UnusedPort()
        let error = #expect(throws: PostgreSQLError.self) {
            try Connection(DatabaseAddress("postgres://quipu@127.0.0.1:\(port.port)/quipu"))
        }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.contains("\n") == false)
    }

    @Test func `a silent server is given up`() throws {
        let server = try LoopbackServer(answering: "")
        var options = Connection.Options()
        options.connectTimeoutMilliseconds = 100
        let error = #expect(throws: PostgreSQLError.self) {
            try Connection(
                DatabaseAddress("postgres://quipu@127.0.0.1:\(server.port)/quipu"), options: options)
        }
        #expect(error?.code == .cannotConnect)
    }
}
