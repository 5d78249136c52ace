internal import CQuipuPostgres
internal import Glibc

/// One connection to a database, used by one thread at a time; closed with its last reference.
///
/// libpq is used without blocking, so that nothing waits for a server for ever: each wait has a bound. SQL is a
/// `StaticString` wherever values are bound, so text from outside cannot become SQL.
public final class Connection {
    public struct Options: Sendable {
        /// From the first packet until the session can be used.
        public var connectTimeoutMilliseconds = 10_000
        /// For how long a statement may say nothing.
        public var statementTimeoutMilliseconds = 30_000

        public init() {}
    }

    let handle: OpaquePointer
    let address: DatabaseAddress
    let options: Options
    /// Nothing more can be asked over it.
    public internal(set) var isBroken = false
    var isInTransaction = false

    /// - Throws: `PostgreSQLError`: `cannotConnect`, or what the server says against it.
    public init(_ address: DatabaseAddress, options: Options = Options()) throws(PostgreSQLError) {
        self.address = address
        self.options = options
        // What stands later counts, except that `fallback_…` yields to all. A dead peer is noticed by the system too.
        let parameters = [
            ("dbname", address.uri), ("client_encoding", "UTF8"), ("fallback_application_name", "quipu"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
        ]
        guard let handle = Self.start(parameters) else {
            throw PostgreSQLError(code: .cannotConnect, message: "out of memory")
        }
        self.handle = handle
        try finishConnecting()
        guard PQsetnonblocking(handle, 1) == 0 else { throw lost(sql: nil) }
        try configure()
    }

    deinit { PQfinish(handle) }

    private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
        let keywords = parameters.map { strdup($0.0) } + [nil]
        let values = parameters.map { strdup($0.1) } + [nil]
        defer { for text in keywords + values { free(text) } }
        let (names, texts) = (keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) })
        return PQconnectStartParams(names, texts, 1)
    }

    private func finishConnecting() throws(PostgreSQLError) {
        let deadline = Deadline(milliseconds: options.connectTimeoutMilliseconds)
        var status = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD {
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard wait(Int16(events), until: deadline) else {
                throw PostgreSQLError(
                    code: .cannotConnect,
                    message: "the database did not answer within \(options.connectTimeoutMilliseconds) ms")
            }
            status = PQconnectPoll(handle)
            if status == PGRES_POLLING_OK { return }
            if status == PGRES_POLLING_FAILED { break }
        }
        throw PostgreSQLError(
            code: .cannotConnect, message: address.harmless(String(cString: PQerrorMessage(handle))))
    }

    /// A session that holds a lock and says nothing must not hold up the others, and what the server calls committed
    /// must be on its disk.
    private func configure() throws(PostgreSQLError) {
        try configure("SET idle_in_transaction_session_timeout = '60s'")
        try configure("SET lock_timeout = '5s'")
        try configure("SET client_min_messages = 'error'")
        if let durability = try configure("SHOW synchronous_commit"), durability.text(0, 0) == "off" {
            try run("SET synchronous_commit = on")
        }
    }

    /// A setting that another database of the same protocol does not know is none to miss there.
    @discardableResult
    private func configure(_ sql: StaticString) throws(PostgreSQLError) -> Rows? {
        do throws(PostgreSQLError) {
            return try run(sql)
        } catch {
            guard !isBroken, !error.isConnectionFailure else { throw error }
            return nil
        }
    }

    /// Waits until something can be read or written; false when the time is up. The socket may be another one each
    /// time while the connection is made.
    func wait(_ events: Int16, until deadline: Deadline) -> Bool {
        while true {
            var item = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            if item.fd < 0 { return true }
            let count = poll(&item, 1, deadline.millisecondsLeft)
            if count > 0 { return true }
            if count == 0 { return false }
            // With anything else than a signal libpq finds out itself what is wrong.
            if errno != EINTR { return true }
        }
    }

    /// The connection broke: what libpq says of it.
    func lost(sql: String?) -> PostgreSQLError {
        isBroken = true
        let message = address.harmless(String(cString: PQerrorMessage(handle)))
        return PostgreSQLError(
            code: .connectionLost, message: message.isEmpty ? "the connection was lost" : message, sql: sql)
    }

    func tookTooLong(sql: String?) -> PostgreSQLError {
        isBroken = true
        return PostgreSQLError(
            code: .connectionLost,
            message: "the database said nothing for \(options.statementTimeoutMilliseconds) ms", sql: sql)
    }
}

/// A moment on the monotonic clock.
struct Deadline {
    private let moment: ContinuousClock.Instant

    init(milliseconds: Int) { moment = .now + .milliseconds(milliseconds) }

    /// As `poll` takes it.
    var millisecondsLeft: Int32 {
        let left = (moment - .now) / .milliseconds(1)
        return left <= 0 ? 0 : Int32(min(left.rounded(.up), Double(Int32.max)))
    }
}
