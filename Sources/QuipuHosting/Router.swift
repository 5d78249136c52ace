internal import QuipuCanonicalJSON
package import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage

/// Routes a request: finds the route, checks the caller's rights, and calls the endpoint.
package struct Router: Sendable {
    let backend: any ArchiveBackend
    let channels: ArchiveChannels
    let authorizer: any Authorizer
    /// Nil if browsers cannot reach the server.
    let browserFilter: BrowserRequestFilter?
    let snapshots = SnapshotCache()
    let limits: RequestLimits
    let reportFault: FaultHandler
    let metrics: Metrics
    /// The response at `/metrics`; nil for none.
    let metricsPage: MetricsPage?
    /// The response at `/v1/share`; nil for none.
    let shared: SharedArchive?
    /// What answers questions about records; nil for none, and then there is no page either.
    let interface: (any ArchiveInterface)?
    let tickets = TicketOffice()
    let replies = IdempotentReplies()
    let shutdown: ShutdownSignal

    package init(
        backend: any ArchiveBackend, authorizer: any Authorizer = OpenAuthorizer(),
        limits: RequestLimits = RequestLimits(),
        reportFault: @escaping FaultHandler
    ) {
        self.init(
            backend: backend,
            channels: ArchiveChannels(backend: backend, maximumWatchers: 64, heartbeatMilliseconds: 20_000),
            authorizer: authorizer, browserFilter: nil, limits: limits, metrics: Metrics(), metricsPage: nil,
            shared: nil, interface: nil, shutdown: ShutdownSignal(),
            reportFault: reportFault)
    }

    init(
        backend: any ArchiveBackend, channels: ArchiveChannels, authorizer: any Authorizer,
        browserFilter: BrowserRequestFilter?, limits: RequestLimits,
        metrics: Metrics, metricsPage: MetricsPage?, shared: SharedArchive?,
        interface: (any ArchiveInterface)?, shutdown: ShutdownSignal,
        reportFault: @escaping FaultHandler
    ) {
        self.backend = backend
        self.channels = channels
        self.authorizer = authorizer
        self.browserFilter = browserFilter
        self.metrics = metrics
        self.metricsPage = metricsPage
        self.shared = shared
        self.interface = interface
        self.shutdown = shutdown
        self.limits = limits
        self.reportFault = reportFault
    }

    package func route(_ head: HTTPRequestHead) -> HTTPDisposition {
        let observer = head.observer as? RequestObserver
        do {
            let meant = Route(path: head.path)
            observer?.route = meant
            // If that cannot be determined, the server counts as open.
            try browserFilter?.check(
                head, isOpen: (try? authorizer.isOpen()) ?? true, isShell: meant?.isShell ?? false)
            guard let route = meant else {
                throw interface == nil ? Problem.noSuchRoute : Problem.noSuchRoute(at: head.path)
            }
            guard route.methods.contains(head.method) else {
                throw Problem.methodNotAllowed(route.methods)
            }
            switch route {
            case .shell: return try answerPage(nil)
            case .page(let file): return try answerPage(file)
            case .session where head.method == "POST": return try openSession(head)
            default: break
            }
            let caller =
                showsTicket(head, route)
                ? Caller(name: "ticket", role: .reader, mayCreate: false)
                : try authorizer.admit(head, to: route)
            observer?.callerName = caller.name
            guard caller.role >= route.minimumRole(for: head.method) else { throw Problem.readOnly }
            return try answer(head, to: route, from: caller)
        } catch {
            return .respond(Problem(error).response)
        }
    }

    private func answer(_ head: HTTPRequestHead, to route: Route, from caller: Caller) throws
        -> HTTPDisposition
    {
        switch route {
        case .health: return .respond(.status("ok"))
        case .readiness:
            if shutdown.hasBegun { throw Problem.stopping }
            do { try backend.checkReadiness() } catch {
                reportFault("not ready: \(StorageError.presentable(error))")
                throw Problem.notReady
            }
            return .respond(.status("ready"))
        case .metrics:
            guard let metricsPage else { throw Problem.noSuchRoute }
            return .respond(metricsPage.response)
        case .share:
            guard let shared else { throw Problem.noSuchRoute }
            return .respond(.json([("archive", shared.id), ("name", shared.name)]))
        case .sync(let name):
            try head.requireContentType(ExchangeMedia.type)
            return .accept(
                try SyncRequestHandler(
                    name: name, backend: backend, channels: channels, caller: caller,
                    callerMark: head.headers[ExchangeMedia.programField], metrics: metrics, limits: limits,
                    place: limits.admission.admit(head), reportFault: reportFault))
        case .snapshot(let name):
            guard let archive = try backend.archive(named: name) else { throw Problem.noSuchArchive(name) }
            return .deferred {
                do {
                    return try snapshots.content(for: head, from: archive).response(to: head)
                } catch {
                    let problem = Problem(error)
                    if problem.isFault {
                        reportFault("archive '\(name)': \(StorageError.presentable(error))")
                    }
                    return problem.response
                }
            }
        case .events(let name):
            return try EventsEndpoint.disposition(
                of: head, name: name, backend: backend, channels: channels, caller: caller)
        case .missingBlobs(let name):
            try head.requireContentType("application/json")
            return .accept(
                try MissingBlobsEndpoint(name: name, backend: backend).exchange(
                    place: limits.admission.admit(head))
            )
        case .blob(let name, let hash):
            return try BlobEndpoint(
                of: hash, archive: name, in: backend, limits: limits, reportFault: reportFault
            )
            .answer(head)
        case .session: return try answerSession(head, from: caller)
        case .interface(let name, let route): return try answer(head, to: route, of: name, from: caller)
        case .shell, .page: throw Problem.noSuchRoute
        }
    }
}

extension HTTPResponse {
    fileprivate static func status(_ word: String) -> HTTPResponse {
        json([("status", word)])
    }

    fileprivate static func json(_ facts: [(name: String, text: String)]) -> HTTPResponse {
        let members = facts.map { JSONMember(name: $0.name, value: .string($0.text)) }
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "application/json")],
            body: .bytes(JSONValue.object(members).canonicalBytes()))
    }
}
