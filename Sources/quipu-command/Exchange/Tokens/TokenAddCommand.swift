internal import Quipu

struct TokenAddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "make a token, and show it once",
        options: TokenPlace.options + [
            .option(
                "role", value: "ROLE", "what it may do; each role includes the ones before it",
                choices: TokenRole.allCases.map(\.rawValue)),
            .flag("admin", "for every archive in the folder, and for requests about the server itself"),
            .option("expires", value: "WHEN", "after 12h, 30d or 8w, or at the end of the day 2027-01-31"),
            .option("name", value: "LABEL", "whose it is, or what it is for"),
        ],
        example: "quipu token add --root /srv/quipu --archive press --role writer --name ana",
        discussion: """
            With --root or --database the token is for the archive that --archive names there, which need not exist yet; \
            without, for the archive of this folder. A reader can fetch, a writer can also send, an owner \
            can also make the archive with the first push.
            From the first token on, a server refuses requests without one; it need not be restarted. The \
            token is printed alone on standard output and is not stored: it cannot be shown again. \
            Its holder runs: quipu remote login
            """)

    private let root: String?
    private let database: DatabasePlace
    private let role: TokenRole?
    private let expires: String?
    private let label: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        root = values.option("root")
        database = try DatabasePlace(values)
        try values.requireAtMostOne(of: ["role", "admin"])
        role = values.option("role").flatMap { TokenRole(rawValue: $0) }
        guard role != nil || values.flag("admin") else {
            throw UsageError("'token add' needs --role or --admin", hint: "write for example: --role writer")
        }
        expires = values.option("expires")
        label = values.option("name")
        if let label, label.isEmpty || label.utf8.count > 256 || TerminalSanitizer.line(label) != label {
            throw UsageError(
                "--name takes one line of plain text", hint: "write for example: --name 'Ana Ruiz'")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let place = try TokenPlace(root: root, database: database, in: context)
        let archive = try archive(in: place, context)
        let expiry = try expires.map { (text) throws(UsageError) in
            try Expiry.milliseconds(
                text, in: context.output.clock, nowMilliseconds: context.environment.nowMilliseconds)
        }
        let (token, secret) = try place.tokens.add(
            role, for: archive, label: label, expiresAtMilliseconds: expiry)
        context.output.json([
            "id": JSONText(token.id), "token": JSONText(secret.text),
            "archive": JSONText(token.archive), "role": JSONText(token.roleName),
            "expires": JSONText(token.expiresAtMilliseconds.map { Timestamp.rfc3339(milliseconds: $0) }),
        ])
        context.output.line(secret.text)
        do {
            try context.output.standard.finish()
        } catch {
            // A token that nobody saw opens nothing.
            _ = try place.tokens.revoke(token.id)
            throw error
        }
        let whole = token.archive.map { "the archive '\($0)'" } ?? "every archive"
        context.output.advise(
            "token \(token.id), \(token.roleName) of \(whole)"
                + (token.expiresAtMilliseconds.map {
                    ", until \(context.output.clock.short(milliseconds: $0))"
                }
                    ?? "")
                + "; it is not shown again\n  its holder runs: quipu remote login")
        return .done
    }

    /// The name that it is for; empty for all.
    private func archive(in place: TokenPlace, _ context: Context) throws -> String {
        if role == nil {
            if place.onlyArchive == nil, context.options.archive != nil {
                throw UsageError(
                    "--admin is for every archive, so --archive has no effect",
                    hint: "give --role for one archive")
            }
            return ""
        }
        if let only = place.onlyArchive { return only }
        guard let name = context.options.archive else {
            throw UsageError(
                "'token add' needs --archive NAME or --admin here", hint: "name the archive that it is for")
        }
        guard Archive.isValidName(name) else {
            throw UsageError(
                "'\(name)' is no archive's name", hint: "names are of a-z, 0-9, - and _, at most 64 letters")
        }
        return name
    }
}
