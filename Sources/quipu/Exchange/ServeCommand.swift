internal import Glibc
internal import Hosting
internal import Storage

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
        ],
        example: "quipu serve --root /srv/quipu --listen 127.0.0.1:8420",
        discussion: """
            Without --root the archive of this folder is served under its name. The first line printed is the
            URL. Stops on SIGTERM or Ctrl-C, once requests under way have ended. A connection on which nothing
            moves for 60 seconds is closed; $QUIPU_TIMEOUT says another number.
            """)

    private let root: String?
    private let address: ListenAddress
    private let createsArchives: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        root = values.option("root")
        createsArchives = !values.flag("no-create")
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
        let place: FolderHome.Place
        var shown = "NAME"
        if let root {
            // Made if it is not there, as the archives in it are; its own parent must exist, or it is a typing error.
            guard mkdir(root, 0o755) == 0 || access(root, R_OK | X_OK) == 0 else {
                throw StorageError(
                    .noArchive, "the folder \(root) cannot be served: \(String(cString: strerror(errno)))",
                    hint: "make it first: mkdir -p \(root)")
            }
            place = .directory(root, createsArchives: createsArchives)
        } else {
            let store = try context.openStore(.readWrite)
            shown = try store.name
            place = .single(store.folder, name: shown)
        }
        // Blocked before any thread starts, so that all inherit it and only `sigwait` below sees them.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let output = context.output
        var configuration = Server.Configuration()
        configuration.address = address
        configuration.timeoutSeconds = try context.linkTimeoutSeconds()
        let server = try Server(
            FolderHome(place, environment: context.environment), as: configuration
        ) { output.warn($0) }
        context.output.standard.writeLine(server.url)
        context.output.standard.flush()
        context.output.advise("sync with it: quipu remote add origin \(server.url)/\(shown)")
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        server.stop()
        return .done
    }
}
