package import QuipuHTTPServer
internal import QuipuStorage

/// Archives served over HTTP until it is stopped.
package final class Server: Sendable {
    /// Is told, in words for who runs the server, what callers are not: which archive failed, and how. From any
    /// thread.
    package typealias FaultHandler = @Sendable (String) -> Void

    private let http: HTTPListener
    private let shutdown = ShutdownSignal()
    package let url: String
    /// Who watches.
    package let channels: ArchiveChannels

    /// How a server is run.
    package struct Configuration: Sendable {
        package var address = ListenAddress.standard
        /// A proxy stands before it, speaks TLS and says where a request comes from.
        package var isBehindProxy = false
        /// What it is called from outside, where that is not where it listens.
        package var publicURL: PublicURL?
        /// What it speaks TLS under; nil for plain HTTP.
        package var certificate: HTTPListener.Certificate?
        package var limits = RequestLimits()
        /// Of one token; nil sets no bound.
        package var requestsPerSecond: Int? = 100
        /// Of all addresses; nil for as many as watchers and exchanges need and the system allows.
        package var maximumConnections: Int?
        /// Of one address; nil sets no bound. One building may have one address.
        package var maximumConnectionsPerAddress: Int?
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

    /// - Parameter tokens: who may do what; nil lets everybody do everything.
    /// - Throws: `ListenAddress.Refusal`, or the transport's error.
    package init(
        _ backend: any ArchiveBackend, tokens: (any TokenStore)? = nil, as settings: Configuration,
        reportFault: @escaping FaultHandler = { _ in }
    ) throws {
        let address = settings.address
        try address.check(
            hasTokens: tokens?.isInUse() ?? false, hasTLS: settings.certificate != nil,
            isBehindProxy: settings.isBehindProxy)
        var configuration = HTTPListener.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.certificate = settings.certificate
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
                host: address.host, isEncrypted: settings.certificate != nil, publicURL: settings.publicURL),
            limits: limits,
            metrics: metrics,
            metricsPage: MetricsPage(
                metrics: metrics, backend: backend, channels: channels, logger: settings.requestLog,
                version: settings.version,
                startedMilliseconds: Environment.system.nowMilliseconds()),
            shutdown: shutdown, reportFault: reportFault)
        http = try HTTPListener(configuration: configuration) { router.route($0) }
        let scheme = settings.certificate == nil ? "http" : "https"
        url = "\(scheme)://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(http.port)"
    }

    private static func authorizer(_ tokens: (any TokenStore)?, _ settings: Configuration) -> any Authorizer {
        guard let tokens else { return OpenAuthorizer() }
        var rules = TokenAuthorizer.Settings()
        rules.isBehindProxy = settings.isBehindProxy
        rules.isOpenWithoutTokens = settings.address.isLoopback && !settings.isBehindProxy
        rules.requestsPerSecond = settings.requestsPerSecond
        return TokenAuthorizer(tokens, settings: rules)
    }

    /// Connections that begin from here on speak TLS under this certificate.
    ///
    /// - Throws: the transport's error, and then nothing has changed.
    package func replaceCertificate(_ certificate: HTTPListener.Certificate) throws(HTTPServerError) {
        try http.replaceCertificate(certificate)
    }

    /// Is not ready any more, takes no new requests, lets those under way end, and returns.
    ///
    /// - Parameter graceMilliseconds: connections are closed under requests that take longer.
    package func stop(graceMilliseconds: Int = 10_000) {
        shutdown.begin()
        http.stop(graceMilliseconds: graceMilliseconds)
    }
}
