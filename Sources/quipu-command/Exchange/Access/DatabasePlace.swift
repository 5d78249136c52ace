internal import Quipu

/// `serve --database`: the archives of a server are in a PostgreSQL database, which other servers may share.
struct DatabasePlace {
    static let addressOption = OptionDeclaration.option(
        "database", value: "URL",
        "archives in a PostgreSQL database, which several servers may share (or $QUIPU_DATABASE)")

    /// Of a server.
    static let options: [OptionDeclaration] = [
        addressOption,
        .option(
            "cache", value: "DIR",
            "with --database: the folder for local copies; they may be deleted at any time",
            takes: .folder),
    ]

    static let discussion = """
        A password does not belong on a command line, where others can see it: put the whole URL into
        $QUIPU_DATABASE, or the password into ~/.pgpass or $PGPASSFILE. What the URL leaves out is taken from the
        PG… variables; postgres:// alone takes all of it from there.
        """

    private let address: String?
    private let cache: String?
    private let isLeftToVariable: Bool

    /// - Parameter isServed: the command has all of `options`, not only the address.
    init(_ values: ParsedArguments, isServed: Bool = false) throws(UsageError) {
        address = values.option("database")
        cache = isServed ? values.option("cache") : nil
        isLeftToVariable = values.option("root") == nil
        if address != nil, !isLeftToVariable {
            throw UsageError(
                "--root and --database name two places",
                hint: "serve a folder or a database; run two for both")
        }
        if let address, ServedArchives.hasPassword(inAddress: address) {
            throw UsageError(
                "a password on the command line can be seen by others",
                hint: "put the URL into $QUIPU_DATABASE, or the password into ~/.pgpass")
        }
    }

    /// The archives; nil where they are not in a database. There are threads then: signals must be blocked before.
    func open(
        in context: Context, createsArchives: Bool, report: @escaping @Sendable (String) -> Void
    ) throws -> ServedArchives? {
        guard let address = address(in: context) else {
            if cache != nil {
                throw UsageError(
                    "--cache goes with --database only", hint: "archives in a folder need no copies")
            }
            return nil
        }
        return try ServedArchives(
            ofDatabase: address, cache: cache, createsArchives: createsArchives, in: context.environment,
            onFault: report)
    }

    /// Who may do what with the archives; nil where they are not in a database.
    func tokens(in context: Context) throws -> AccessTokens? {
        try address(in: context).map { try AccessTokens(ofDatabase: $0, in: context.environment) }
    }

    private func address(in context: Context) -> String? {
        address ?? (isLeftToVariable ? context.variable("QUIPU_DATABASE") : nil)
    }
}
