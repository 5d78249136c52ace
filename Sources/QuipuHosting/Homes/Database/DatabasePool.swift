internal import QuipuPostgreSQL
internal import Synchronization

/// Connections to the database, each lent to one thread at a time. There are as many as threads that ask.
///
/// `@unchecked Sendable`: a connection is in the list, which the lock guards, or with the one thread that took it.
final class DatabasePool: @unchecked Sendable {
    /// Kept open while nobody needs them.
    static let maximumIdleConnections = 16

    private let address: DatabaseAddress
    private let options: Connection.Options
    private let report: Server.FaultHandler
    private let lock = Mutex(())
    private var idle: [Connection] = []
    private var isUnreachable = false

    init(
        _ address: DatabaseAddress, options: Connection.Options = Connection.Options(),
        report: @escaping Server.FaultHandler
    ) {
        self.address = address
        self.options = options
        self.report = report
    }

    /// - Throws: `PostgreSQLError`, or what `body` throws. A connection that was lost while it was idle shows at the
    ///   first use: ask again once.
    func withConnection<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        do {
            let connection =
                try lock.withLock { _ in idle.popLast() } ?? Connection(address, options: options)
            defer { giveBack(connection) }
            let result = try body(connection)
            note(isUnreachable: false)
            return result
        } catch let error as PostgreSQLError where error.isConnectionFailure {
            // What broke one has most likely broken the others too.
            lock.withLock { _ in idle.removeAll() }
            if error.code == .cannotConnect { note(isUnreachable: true, "\(error)") }
            throw error
        }
    }

    /// Runs something that can be run twice. An idle connection may have been lost without notice.
    /// - Throws: what callers are to be told.
    func retrying<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        var retries = DatabaseRetries()
        while true {
            do {
                return try withConnection(body)
            } catch {
                do { try retries.note(error) } catch { throw Problem.presenting(error) }
            }
        }
    }

    /// A connection for one thread's own use.
    func newConnection() throws(PostgreSQLError) -> Connection { try Connection(address, options: options) }

    func close() { lock.withLock { _ in idle.removeAll() } }

    private func giveBack(_ connection: Connection) {
        lock.withLock { _ in
            if !connection.isBroken, idle.count < Self.maximumIdleConnections { idle.append(connection) }
        }
    }

    /// Says once that the database is away, and once that it is back.
    private func note(isUnreachable: Bool, _ reason: String = "") {
        let hasChanged = lock.withLock { _ in
            defer { self.isUnreachable = isUnreachable }
            return self.isUnreachable != isUnreachable
        }
        if hasChanged {
            report(
                isUnreachable
                    ? "the database cannot be reached: \(reason)" : "the database can be reached again")
        }
    }
}
