internal import Quipu

struct ServeCommand: Command {
    static let declaration = CommandDeclaration(
        "serve", abstract: "let other machines sync with this one over HTTP",
        options: [
            .option(
                "root", value: "DIR", "serve every archive in this folder, under the name of its own folder",
                takes: .folder),
            .option(
                "listen", value: "HOST:PORT", "the address; port 0 takes a free port (default 127.0.0.1:8420)"
            ),
            .flag(
                "share",
                "show a code with which another machine can sync with this archive for the next 30 minutes"),
            .flag("many", "with --share: let more than one replica use the code"),
            .flag(
                "no-create",
                "with --root: refuse archives that do not exist, instead of creating them at the first push"),
            .flag(
                "trusted-clock",
                "trust this machine's clock: mirrors whose clocks are far off are corrected by it"),
            .option(
                "grace", value: "SECONDS",
                "when stopping, wait this long for requests in progress (default 10)"),
            .option(
                "max-watchers", value: "N",
                "maximum number of watchers (sync --watch); default \(ServerOptions.standardWatchers)"
            ),
            .option(
                "heartbeat", value: "SECONDS",
                "how often an idle server sends its watchers a heartbeat; default 20"),
        ] + ServeRules.options + DatabasePlace.options + ServeLog.options,
        example: "quipu serve --root /srv/quipu --listen 127.0.0.1:8420",
        discussion: """
            Without --root the archive of this folder is served under its name. The first line printed is \
            the URL.

            With --share nothing else needs to be set up: the first line printed is the command to type on the other \
            machine, in its mirror (quipu help sync). It listens on all addresses, on port 8420 or a free one, and ends on \
            Ctrl-C, after 30 minutes, or after ten wrong codes.

            Stops on SIGTERM or Ctrl-C, after requests in progress have ended; a second signal does not wait. A \
            connection that is idle for 60 seconds is closed; $QUIPU_TIMEOUT sets another number.
            If standard error is not a terminal, each request is logged there in a line, without its content and its \
            caller's address; not with --quiet.
            Without tokens (quipu token add) only this machine is served, and on it only you (--any-user: everybody). With tokens \
            other addresses are too, but only under TLS or behind a proxy. Without tokens the server refuses what a web page could have \
            made a browser send: requests under a host name other than this machine's, or from another site. SIGHUP reloads the certificate; connections stay open.

            A browser that opens the URL shows the archive as a page (quipu help page), and asks for a token where one is needed. Programs \
            read and write records under /v1/archives/NAME (Schema/records-http.md).

            \(DatabasePlace.discussion)
            """)

    private let share: ShareServer?
    private let root: String?
    private let createsArchives: Bool
    private let trustsClock: Bool
    private let graceSeconds: Int
    private let options: ServerOptions
    private let log: ServeLog
    private let database: DatabasePlace

    init(_ values: ParsedArguments) throws(UsageError) {
        share = try ShareServer(values)
        root = values.option("root")
        createsArchives = !values.flag("no-create")
        trustsClock = values.flag("trusted-clock")
        graceSeconds = try values.integer("grace", in: 0...86_400) ?? 10
        var options = ServerOptions()
        try ServeRules.apply(values, to: &options)
        log = try ServeLog(values)
        options.maximumWatchers = try values.integer("max-watchers", in: 0...1_000_000)
        options.heartbeatSeconds = try values.integer("heartbeat", in: 1...40) ?? options.heartbeatSeconds
        database = try DatabasePlace(values, isServed: true)
        do throws(QuipuError) {
            if let address = values.option("listen") { try options.listen(at: address) }
        } catch {
            throw UsageError(error.message, hint: error.hint)
        }
        options.version = Release.version
        self.options = options
    }

    func run(in context: Context) throws -> ExitCode {
        if root != nil, let archive = context.options.archive {
            throw UsageError(
                "--root serves every archive in a folder, so --archive has no effect there",
                hint: "serve one archive: quipu serve --archive \(archive)")
        }
        var context = context
        if trustsClock { context.trustClock() }
        if let share { return try share.run(in: context, graceSeconds: graceSeconds) }
        let signals = StopSignals(withHangup: options.certificate != nil)
        let logger = try log.open(in: context)
        defer { logger?.finish() }
        let output = context.output
        let report: @Sendable (String) -> Void = { fault in
            if let logger { logger.log(.error, fault) } else { output.warn(fault) }
        }
        let shared = try database.open(in: context, createsArchives: createsArchives, report: report)
        defer { shared?.close() }
        if shared == nil, root == nil, !createsArchives {
            throw UsageError(
                "--no-create has no effect where one archive is served",
                hint: "it goes with --root or --database")
        }
        let archives = try shared ?? served(in: context)
        var options = options
        options.timeoutSeconds = try context.linkTimeoutSeconds()
        options.log = logger
        // Of edits over HTTP that come without a token; a service may have no name.
        options.author = try? context.author()
        Server.raiseFileLimit()
        let server = try Server(archives, options, onFault: report)
        context.output.json(["url": JSONText(server.url)])
        context.output.line(server.url)
        context.output.standard.flush()
        if context.terminal.errorIsTerminal || logger == nil {
            context.output.advise(
                "sync with it: quipu remote add origin \(options.publicURLText ?? server.url)/\(archives.shownName)"
            )
        }
        if let root, shared == nil, let warning = ServedFolder.warning(of: root) {
            if let logger { logger.log(.warning, warning) }
            if logger == nil || context.terminal.errorIsTerminal { context.output.warn(warning) }
        }
        logger?.log(.info, "serving", [("url", .text(server.url)), ("version", .text(Release.version))])
        let manager = ServiceManager(socketPath: context.variable("NOTIFY_SOCKET"))
        manager.tell(.ready)
        signals.wait { ServeRules.renewCertificate(of: server, output, logger) }
        manager.tell(.stopping)
        logger?.log(.info, "stopping", [("graceSeconds", .integer(Int64(graceSeconds)))])
        server.stop(graceMilliseconds: graceSeconds * 1_000)
        logger?.log(.info, "stopped")
        return .done
    }

    /// The archives of a folder, or the one archive.
    private func served(in context: Context) throws -> ServedArchives {
        if let root {
            return try ServedArchives(
                ofFolder: root, createsArchives: createsArchives, in: context.environment)
        }
        return ServedArchives(try context.archive(.readWrite), in: context.environment)
    }
}
