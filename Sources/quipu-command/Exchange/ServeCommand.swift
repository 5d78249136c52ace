internal import Glibc
internal import QuipuHosting
internal import QuipuStorage

struct ServeCommand: Command {
    static let declaration = CommandDeclaration(
        "serve", abstract: "let other machines sync with this one over HTTP",
        options: [
            .option(
                "root", value: "DIR", "serve every archive in this folder, by the name of its own folder"),
            .option("listen", value: "HOST:PORT", "where; port 0 takes a free one (default 127.0.0.1:8420)"),
            .flag(
                "no-create",
                "with --root: refuse archives that are not there yet, instead of making them on first push"),
            .flag(
                "trusted-clock",
                "this machine's clock is right: mirrors that are far from it correct themselves by it"),
            .option(
                "grace", value: "SECONDS",
                "when told to stop, wait so long for requests under way (default 10)"),
            .option(
                "max-watchers", value: "N",
                "how many may watch (sync --watch) at a time; default \(Server.Configuration().maximumWatchers)"
            ),
            .option(
                "heartbeat", value: "SECONDS",
                "how often watchers hear from a server where nothing happens; default 20"),
        ] + ServeRules.options + DatabasePlace.options + ServeLog.options,
        example: "quipu serve --root /srv/quipu --listen 127.0.0.1:8420",
        discussion: """
            Without --root the archive of this folder is served under its name. The first line printed is \
            the URL.
            Stops on SIGTERM or Ctrl-C, once requests under way have ended; a second one does not wait. A \
            connection on which nothing moves for 60 seconds is closed; $QUIPU_TIMEOUT says another number.
            Where standard error is no terminal, each request is a line there, without its content and its \
            caller's address; not with --quiet.
            Without tokens (quipu token add) only this machine is served. With tokens other addresses are \
            too, but only under TLS or behind a proxy. Without tokens nothing is answered that a web page could have \
            made a browser ask for: requests under another name than this machine's, or from another site. SIGHUP reads the certificate anew; connections go on.

            \(DatabasePlace.discussion)
            """)

    private let root: String?
    private let address: ListenAddress
    private let createsArchives: Bool
    private let trustsClock: Bool
    private let graceSeconds: Int
    private let rules: ServeRules
    private let log: ServeLog
    private let maximumWatchers: Int?
    private let heartbeatSeconds: Int?
    private let database: DatabasePlace

    init(_ values: ParsedArguments) throws(UsageError) {
        root = values.option("root")
        createsArchives = !values.flag("no-create")
        trustsClock = values.flag("trusted-clock")
        graceSeconds = try values.integer("grace", in: 0...86_400) ?? 10
        rules = try ServeRules(values)
        log = try ServeLog(values)
        maximumWatchers = try values.integer("max-watchers", in: 0...1_000_000)
        heartbeatSeconds = try values.integer("heartbeat", in: 1...40)
        database = try DatabasePlace(values, isServed: true)
        do {
            address =
                try values.option("listen").map { (text) throws(ListenAddress.Refusal) in
                    try ListenAddress(text)
                }
                ?? .standard
        } catch {
            throw UsageError(error.message, hint: error.hint)
        }
    }

    func run(in context: Context) throws -> ExitCode {
        if root != nil, let archive = context.options.archive {
            throw UsageError(
                "--root serves every archive in a folder, so --archive has no effect there",
                hint: "serve one archive: quipu serve --archive \(archive)")
        }
        var context = context
        if trustsClock { context.environment = context.environment.withTrustedClock }
        let signals = StopSignals(withHangup: rules.isEncrypted)
        let logger = try log.open(in: context)
        defer { logger?.finish() }
        let output = context.output
        let report: @Sendable (String) -> Void = { fault in
            if let logger { logger.log(.error, fault) } else { output.warn(fault) }
        }
        let databaseBackend = try database.open(in: context, createsArchives: createsArchives, report: report)
        defer { databaseBackend?.close() }
        if databaseBackend == nil, root == nil, !createsArchives {
            throw UsageError(
                "--no-create has no effect where one archive is served",
                hint: "it goes with --root or --database")
        }
        let (backend, tokens, shown) =
            try databaseBackend.map { ($0, $0.tokens, "NAME") } ?? folder(in: context)
        var configuration = Server.Configuration()
        configuration.address = address
        configuration.timeoutSeconds = try context.linkTimeoutSeconds()
        configuration.requestLog = logger
        configuration.version = Quipu.version
        if let maximumWatchers { configuration.maximumWatchers = maximumWatchers }
        if let heartbeatSeconds { configuration.heartbeatMilliseconds = heartbeatSeconds * 1_000 }
        try rules.apply(to: &configuration)
        OpenFiles.raiseLimit()
        let server = try Server(backend, tokens: tokens, as: configuration, reportFault: report)
        context.output.json(["url": JSONText(server.url)])
        context.output.line(server.url)
        context.output.standard.flush()
        if context.terminal.errorIsTerminal || logger == nil {
            context.output.advise(
                "sync with it: quipu remote add origin \(rules.publicText ?? server.url)/\(shown)")
        }
        if let root, databaseBackend == nil, let warning = ServedFolder.warning(of: root) {
            if let logger { logger.log(.warning, warning) }
            if logger == nil || context.terminal.errorIsTerminal { context.output.warn(warning) }
        }
        logger?.log(.info, "serving", [("url", .text(server.url)), ("version", .text(Quipu.version))])
        let manager = ServiceManager(socketPath: context.variable("NOTIFY_SOCKET"))
        manager.tell(.ready)
        signals.wait { rules.renewCertificate(of: server, output, logger) }
        manager.tell(.stopping)
        logger?.log(.info, "stopping", [("graceSeconds", .integer(Int64(graceSeconds)))])
        server.stop(graceMilliseconds: graceSeconds * 1_000)
        logger?.log(.info, "stopped")
        return .done
    }

    /// The archives of a folder, who may do what with them, and by which name they are asked for.
    private func folder(in context: Context) throws -> (any ArchiveBackend, any TokenStore, String) {
        func backend(_ place: FolderBackend.Place) -> FolderBackend {
            FolderBackend(place, environment: context.environment)
        }
        if let root {
            try ServedFolder.prepare(root)
            return (
                backend(.directory(root, createsArchives: createsArchives)), FileTokenStore(in: root), "NAME"
            )
        }
        let store = try context.openStore(.readWrite)
        let name = try store.name
        return (backend(.single(store.folder, name: name)), FileTokenStore(in: store.folder.path), name)
    }
}
