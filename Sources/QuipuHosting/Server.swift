internal import Glibc
package import QuipuHTTPServer
internal import QuipuStorage

/// Serves archives over HTTP until it is stopped.
package final class Server: Sendable {
    private let http: HTTPListener
    private let shutdown = ShutdownSignal()
    package let url: String
    /// The port that is listened on.
    package var port: UInt16 { http.port }
    /// The clients that watch archives.
    package let channels: ArchiveChannels

    /// The settings of a server.
    package struct Configuration: Sendable {
        package var address = ListenAddress.standard
        /// A proxy in front of the server terminates TLS and states the caller's address.
        package var isBehindProxy = false
        /// The public URL, if it differs from the listen address.
        package var publicURL: PublicURL?
        /// The certificate for TLS; nil for plain HTTP.
        package var certificate: HTTPListener.Certificate?
        /// Admits the callers of this share, under TLS 1.3, and nobody else; nil for none.
        package var share: (authorizer: ShareAuthorizer, archive: SharedArchive)?
        /// Answers questions about records, and with it there is the page; nil for none.
        package var interface: (any ArchiveInterface)?
        /// Admits the browsers of `quipu open`, under `LABEL.localhost`, and nobody else; nil for none.
        package var page: (door: SessionDoor, label: String)?
        /// Answers other users of this machine where no token is needed.
        package var admitsAnyUser = false
        package var limits = RequestLimits()
        /// The rate limit of one token; nil for none.
        package var requestsPerSecond: Int? = 100
        /// The limit for all addresses; nil for as many as watchers and exchanges need and the system allows.
        package var maximumConnections: Int?
        /// The limit for one address; nil for none. A whole building may have one address.
        package var maximumConnectionsPerAddress: Int?
        /// The idle timeout of a connection; nil for the transport's default.
        package var timeoutSeconds: Int?
        /// Logs a line for each request; nil for none.
        package var requestLog: Logger?
        /// The version that the metrics state.
        package var version = "unknown"
        /// The limit on open event streams, within the system's limit on open files.
        package var maximumWatchers = 16_384
        /// The interval of heartbeats on an idle event stream.
        package var heartbeatMilliseconds = 20_000

        package init() {}
    }

    /// - Parameter tokens: the tokens that requests need; nil allows everything to everybody.
    /// - Throws: `ListenAddress.Refusal`, or the transport's error.
    package init(
        _ backend: any ArchiveBackend, tokens: (any TokenStore)? = nil, as settings: Configuration,
        reportFault: @escaping FaultHandler = { _ in }
    ) throws {
        let address = settings.address
        try address.check(
            hasTokens: settings.share != nil || tokens?.isInUse() ?? false,
            hasTLS: settings.certificate != nil,
            isBehindProxy: settings.isBehindProxy)
        var configuration = HTTPListener.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.certificate = settings.certificate
        configuration.requiresTLS13 = settings.share != nil
        configuration.maximumBodyBytes = 64 << 20
        configuration.maximumConnectionsPerAddress = settings.maximumConnectionsPerAddress
        configuration.refusal = { Problem($0).response }
        if let timeoutSeconds = settings.timeoutSeconds {
            configuration.idleTimeoutSeconds = timeoutSeconds
            configuration.headTimeoutSeconds = min(configuration.headTimeoutSeconds, timeoutSeconds)
        }
        let room = ConnectionLimits(
            watchers: settings.maximumWatchers, openFiles: ConnectionLimits.openFileLimit())
        configuration.maximumConnections = settings.maximumConnections ?? room.connections
        let metrics = Metrics()
        let authorizer = Self.authorizer(tokens, settings)
        if address.isLoopback, !settings.admitsAnyUser, settings.share == nil, !settings.isBehindProxy {
            let own = geteuid()
            let isOwnPage = settings.page != nil
            // Root can do all that the user can.
            configuration.admitsUser = { user in
                user == own || user == 0 || !isOwnPage && (try? authorizer.isOpen()) == false
            }
        }
        channels = ArchiveChannels(
            backend: backend, maximumWatchers: room.watchers,
            heartbeatMilliseconds: settings.heartbeatMilliseconds,
            isWelcome: { authorizer.isWelcome($0) })
        let observers = RequestObserverFactory(metrics: metrics, logger: settings.requestLog)
        configuration.makeObserver = { observers.open() }
        var limits = settings.limits
        limits.quota = tokens.map { DailyQuota($0, nowMilliseconds: Environment.system.nowMilliseconds) }
        let router = Router(
            backend: backend, channels: channels, authorizer: authorizer,
            browserFilter: BrowserRequestFilter(
                host: address.host, isEncrypted: settings.certificate != nil, publicURL: settings.publicURL,
                label: settings.page?.label),
            limits: limits,
            metrics: metrics,
            metricsPage: MetricsPage(
                metrics: metrics, backend: backend, channels: channels, logger: settings.requestLog,
                version: settings.version,
                startedMilliseconds: Environment.system.nowMilliseconds()),
            shared: settings.share?.archive, interface: settings.interface, shutdown: shutdown,
            reportFault: reportFault)
        http = try HTTPListener(configuration: configuration) { router.route($0) }
        let scheme = settings.certificate == nil ? "http" : "https"
        url = "\(scheme)://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(http.port)"
    }

    private static func authorizer(_ tokens: (any TokenStore)?, _ settings: Configuration) -> any Authorizer {
        if let share = settings.share { return share.authorizer }
        if let page = settings.page { return page.door }
        guard let tokens else { return OpenAuthorizer() }
        var rules = TokenAuthorizer.Settings()
        rules.isBehindProxy = settings.isBehindProxy
        rules.isOpenWithoutTokens = settings.address.isLoopback && !settings.isBehindProxy
        rules.requestsPerSecond = settings.requestsPerSecond
        return TokenAuthorizer(tokens, settings: rules)
    }

    /// New connections use this certificate for TLS.
    ///
    /// - Throws: the transport's error; then nothing has changed.
    package func replaceCertificate(_ certificate: HTTPListener.Certificate) throws(HTTPServerError) {
        try http.replaceCertificate(certificate)
    }

    /// Stops the server: it reports that it is not ready, refuses new requests, waits for current ones, and returns.
    ///
    /// - Parameter graceMilliseconds: connections of requests that take longer are closed.
    package func stop(graceMilliseconds: Int = 10_000) {
        shutdown.begin()
        http.stop(graceMilliseconds: graceMilliseconds)
    }
}
