internal import Quipu

struct TokenListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list the tokens: whose they are, what they open, when they were last used",
        options: TokenPlace.options, example: "quipu token list --root /srv/quipu")

    private let root: String?
    private let database: DatabasePlace

    init(_ values: ParsedArguments) throws(UsageError) {
        root = values.option("root")
        database = try DatabasePlace(values)
    }

    func run(in context: Context) throws -> ExitCode {
        let place = try TokenPlace(root: root, database: database, in: context)
        // Of one archive, where there are many.
        let archive = place.onlyArchive == nil ? context.options.archive : nil
        let tokens = try place.tokens.list().filter { archive == nil || $0.archive == archive }
        var table = TextTable([
            .init(title: "ID"), .init(title: "NAME", canShrink: true), .init(title: "ARCHIVE"),
            .init(title: "ROLE"), .init(title: "STATE"), .init(title: "LAST USED"),
        ])
        for token in tokens {
            let state = token.state
            func time(_ milliseconds: Int64?) -> JSONText {
                JSONText(milliseconds.map { Timestamp.rfc3339(milliseconds: $0) })
            }
            context.output.json([
                "id": JSONText(token.id), "name": JSONText(token.label),
                "archive": JSONText(token.archive), "role": JSONText(token.roleName),
                "state": JSONText(state.rawValue), "created": time(token.createdAtMilliseconds),
                "expires": time(token.expiresAtMilliseconds), "revoked": time(token.revokedAtMilliseconds),
                "lastUsed": time(token.lastUsedAtMilliseconds),
            ])
            let end = token.expiresAtMilliseconds.map {
                "until \(context.output.clock.short(milliseconds: $0))"
            }
            table.add([
                .init(token.id), .init(token.label ?? ""), .init(token.archive ?? "all"),
                .init(token.roleName), .init(state == .valid ? end ?? "valid" : state.rawValue),
                .init(
                    token.lastUsedAtMilliseconds.map { context.output.clock.short(milliseconds: $0) }
                        ?? "never"),
            ])
        }
        if tokens.isEmpty {
            context.output.advise("no tokens yet; make one: quipu token add")
        } else {
            context.output.table(table)
        }
        return .done
    }
}

struct TokenRevokeCommand: Command {
    static let declaration = CommandDeclaration(
        "revoke", abstract: "revoke a token; it opens nothing from then on",
        arguments: [.positional("ID", "as 'quipu token list' shows it")],
        options: TokenPlace.options, example: "quipu token revoke wmxtygfh --root /srv/quipu",
        discussion: "Running servers notice it with the next request.", synonyms: ["remove", "delete"])

    private let root: String?
    private let database: DatabasePlace
    private let id: String

    init(_ values: ParsedArguments) throws(UsageError) {
        root = values.option("root")
        database = try DatabasePlace(values)
        id = values.argument("ID")
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let place = try TokenPlace(root: root, database: database, in: context)
        if place.onlyArchive == nil, context.options.archive != nil {
            throw UsageError("a token has one id for all archives, so --archive has no effect here")
        }
        guard try place.tokens.revoke(id) else {
            // A token that was typed in place of its id must not appear in an error report.
            let shown = TokenText(id) == nil ? "'\(TerminalSanitizer.line(id))'" : "of that form"
            throw QuipuError(
                .init(rawValue: "unknown-token"), "there is no token \(shown)",
                hint: "quipu token list shows their ids")
        }
        context.output.json(["id": JSONText(id)])
        context.output.remark("token \(id) is revoked")
        return .done
    }
}
