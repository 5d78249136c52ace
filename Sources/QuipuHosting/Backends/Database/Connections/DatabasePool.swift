internal import QuipuPostgreSQL
internal import Synchronization

/// Connections to the database, each used by one thread at a time. There are as many as threads that need one.
///
/// `@unchecked Sendable`: a connection is in the list, which the lock guards, or with the one thread that took it.
final class DatabasePool: @unchecked Sendable {
    /// Idle connections that are kept open.
    static let maximumIdleConnections = 16

    private let address: DatabaseAddress
    private let options: Connection.Options
    private let report: FaultHandler
    private let lock = Mutex(())
    private var idle: [Connection] = []
    private var isUnreachable = false

    init(
        _ address: DatabaseAddress, options: Connection.Options = Connection.Options(),
        report: @escaping FaultHandler
    ) {
        self.address = address
        self.options = options
        self.report = report
    }

    /// - Throws: `PostgreSQLError`, or what `body` throws. A connection that was lost while it was idle fails at its
    ///   first use: retry once.
    func withConnection<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        do {
            let connection =
                try lock.withLock { _ in idle.popLast() } ?? Connection(address, options: options)
            defer { giveBack(connection) }
            let result = try body(connection)
            note(isUnreachable: false)
            return result
        } catch let error as PostgreSQLError where error.isConnectionFailure {
            // What broke one connection has most likely broken the others too.
            lock.withLock { _ in idle.removeAll() }
            if error.code == .cannotConnect { note(isUnreachable: true, "\(error)") }
            throw error
        }
    }

    /// Runs `body`, and retries it: it must be repeatable. An idle connection may have been lost without notice.
    /// - Throws: the error to report to the caller.
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

    /// Opens a connection for one thread's own use.
    func newConnection() throws(PostgreSQLError) -> Connection { try Connection(address, options: options) }

    func close() { lock.withLock { _ in idle.removeAll() } }

    private func giveBack(_ connection: Connection) {
        lock.withLock { _ in
            if !connection.isBroken, idle.count < Self.maximumIdleConnections { idle.append(connection) }
        }
    }

    /// Reports once that the database is unreachable, and once that it is reachable again.
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
