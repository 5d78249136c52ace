import Foundation
import QuipuHosting
import QuipuPostgreSQL
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import QuipuWire
import Support

/// Server processes over one new database, all in this process, and transports to them without a network.
final class SharedDatabase {
    let server: PostgresServer
    let url: String
    let places: TemporaryFolder
    private(set) var backends: [DatabaseBackend] = []
    private(set) var reports: [Reports] = []

    init(_ count: Int = 2) throws {
        server = try PostgresServer.shared.get()
        url = try server.newDatabase()
        places = try TemporaryFolder()
        for _ in 0..<count { try addHome() }
    }

    deinit { for backend in backends { backend.close() } }

    @discardableResult
    func addHome() throws -> DatabaseBackend {
        let reports = Reports()
        let backend = try DatabaseBackend(url, cache: cache(backends.count), report: { reports.add($0) })
        backends.append(backend)
        self.reports.append(reports)
        return backend
    }

    func cache(_ index: Int) -> String { places.path(of: "cache\(index)") }

    /// Ends a home and opens another over the same cache.
    func reopen(_ index: Int) throws {
        backends[index].close()
        let kept = cache(index)
        // The cache is its owner's alone until that has gone.
        backends[index] = backends[index == 0 ? backends.count - 1 : 0]
        backends[index] = try DatabaseBackend(
            url, cache: kept, report: { [reports] in reports[index].add($0) })
    }

    func transport(_ backend: Int, _ name: String = "press") -> BackendTransport {
        BackendTransport(backend: backends[backend], name: name)
    }

    func store<Result>(_ backend: Int, _ name: String = "press", _ body: (Store) throws -> Result) throws
        -> Result
    {
        guard let archive = try backends[backend].archive(named: name) else { throw NoArchive() }
        return try archive.withStore(body)
    }

    /// A statement of somebody with a terminal.
    @discardableResult
    func sql(_ text: String) throws -> String { try server.run(text, at: url) }

    /// Positions without gaps, no transaction twice, and as many as the archive's row says.
    var logIsWhole: Bool {
        get throws {
            try sql(
                """
                SELECT bool_and(position = count AND last = count AND chains = count)
                FROM (
                    SELECT archive.position, count(*), max(log.position) AS last, count(DISTINCT chain) AS chains
                    FROM quipu.archive JOIN quipu.log ON log.archive = archive.name
                    GROUP BY archive.name
                ) AS whole
                """) == "t"
        }
    }

    struct NoArchive: Error {}
}

/// What who runs a server is told.
final class Reports: Sendable {
    private let lines = NSLock()
    nonisolated(unsafe) private var texts: [String] = []

    func add(_ text: String) { lines.withLock { texts.append(text) } }

    var all: [String] { lines.withLock { texts } }
}

/// Messages to a home, as a router would pass them on.
struct BackendTransport: Transport, @unchecked Sendable {
    let backend: DatabaseBackend
    let name: String
    var location: String { name }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        let found =
            try backend.archive(named: name)
            ?? incoming.header?.archive.flatMap { try backend.create(named: name, id: $0) }
        guard let archive = found else { throw SharedDatabase.NoArchive() }
        let reply = try archive.answer(incoming, isReadOnly: false)
        try reply.bytes.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.bytes.count)
    }
}
