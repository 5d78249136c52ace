internal import HTTPServer
internal import Storage

/// Archives served over HTTP until it is stopped.
package final class Server: Sendable {
    /// Is told, in words for who runs the server, what callers are not: which archive failed, and how. From any
    /// thread.
    package typealias FaultReport = @Sendable (String) -> Void

    private let http: HTTPListener
    private let drain = Drain()
    package let url: String

    /// How a server is run.
    package struct Configuration: Sendable {
        /// Loopback only: there are no tokens and no TLS yet.
        package var address = ListenAddress.standard
        /// A connection on which nothing moves for so long is closed; nil for the transport's own bound.
        package var timeoutSeconds: Int?
        /// Gets a line for each request; nil for none.
        package var requestLog: Logger?
        /// Which Quipu serves, for those who watch over it.
        package var version = "unknown"
        /// Event streams that may be open at a time, as far as the system's limit on open files allows.
        package var maximumWatchers = 16_384
        /// How often something is sent on an event stream where nothing happens.
        package var heartbeatMilliseconds = 20_000

        package init() {}
    }

    /// - Throws: `ListenAddress.Refusal`, or the transport's error.
    package init(
        _ home: any ArchiveHome, as settings: Configuration, reportFault: @escaping FaultReport = { _ in }
    ) throws {
        let address = settings.address
        try address.requireLoopback()
        var configuration = HTTPListener.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.maximumBodyBytes = 64 << 20
        if let timeoutSeconds = settings.timeoutSeconds {
            configuration.idleTimeoutSeconds = timeoutSeconds
            configuration.headTimeoutSeconds = min(configuration.headTimeoutSeconds, timeoutSeconds)
        }
        let room = ConnectionRoom(
            watchers: settings.maximumWatchers, openFiles: ConnectionRoom.openFileLimit())
        configuration.maximumConnections = room.connections
        let feeds = ArchiveFeeds(
            home: home, maximumWatchers: room.watchers, heartbeatMilliseconds: settings.heartbeatMilliseconds)
        let metrics = Metrics()
        let books = RequestBooks(metrics: metrics, logger: settings.requestLog)
        configuration.makeWitness = { books.open() }
        let router = Router(
            home: home, feeds: feeds, gate: OpenGate(), metrics: metrics,
            metricsPage: MetricsPage(
                metrics: metrics, home: home, logger: settings.requestLog, version: settings.version,
                startedMilliseconds: Environment.system.nowMilliseconds()),
            drain: drain, reportFault: reportFault)
        http = try HTTPListener(configuration: configuration) { router.route($0) }
        url = "http://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(http.port)"
    }

    /// Is not ready any more, takes no new requests, lets those under way end, and returns.
    ///
    /// - Parameter graceMilliseconds: connections are closed under requests that take longer.
    package func stop(graceMilliseconds: Int = 10_000) {
        drain.begin()
        http.stop(graceMilliseconds: graceMilliseconds)
    }
}
