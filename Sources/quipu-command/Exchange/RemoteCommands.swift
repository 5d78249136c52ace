internal import Quipu

struct RemoteAddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "add a mirror under a name",
        arguments: [
            .positional("NAME", "what to call it; sync uses 'origin' by default"),
            .positional("URL|PATH", "a server's archive, http://HOST:PORT/NAME, or a folder", takes: .folder),
        ],
        options: [RemoteOptions.ca, RemoteOptions.insecure],
        example: "quipu remote add origin http://127.0.0.1:8420/press")

    private let name: String
    private let location: String
    private let options: RemoteOptions

    init(_ values: ParsedArguments) throws(UsageError) {
        name = values.argument("NAME")
        location = values.argument("URL|PATH")
        options = try RemoteOptions(values)
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        try FileKind.requirePlace(location)
        if !Remote.isURL(location), options.caFile != nil {
            throw UsageError("--ca has no effect on a folder", hint: "only servers have certificates")
        }
        let remote = try context.archive(.readWrite).addRemote(
            name, at: location, certificateFile: options.caFile, allowsPlainHTTP: options.isInsecure)
        if remote.isReadableByOthers, !options.isInsecure {
            context.output.warn(
                "\(TerminalSanitizer.line(remote.server ?? "")) is plain HTTP: others on the network could read and change what is "
                    + "exchanged; on a trusted network allow it once: quipu sync \(name) --insecure")
        }
        context.output.json(["name": JSONText(name), "url": JSONText(remote.location)])
        context.output.remark("remote \(name) is \(TerminalSanitizer.line(remote.location))")
        return .done
    }
}

struct RemoteListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list the mirrors and when they were last in sync", example: "quipu remote list")

    init(_ values: ParsedArguments) throws(UsageError) {}

    func run(in context: Context) throws -> ExitCode {
        let remotes = try context.archive(.readOnly).remotesWithTokens()
        for (remote, token) in remotes {
            let lastSync = remote.syncedAtMilliseconds.map { context.output.clock.short(milliseconds: $0) }
            context.output.json([
                "name": JSONText(remote.name), "url": JSONText(remote.location),
                "lastSync": remote.syncedAtMilliseconds.map { JSONText(timeMilliseconds: $0) } ?? nil,
                "token": JSONText(token),
                "insecure": JSONText(remote.isReadableByOthers),
            ])
            context.output.line(
                "\(remote.name)  \(TerminalSanitizer.line(remote.location))  \(lastSync.map { "in sync at \($0)" } ?? "never in sync")"
                    + (token.map { "  token \($0)" } ?? "")
                    + (remote.isReadableByOthers ? "  plain HTTP" : "")
            )
        }
        if remotes.isEmpty {
            context.output.advise("no remotes yet; add one: quipu remote add origin URL-OR-PATH")
        }
        return .done
    }
}

struct RemoteRemoveCommand: Command {
    static let declaration = CommandDeclaration(
        "remove", abstract: "remove a mirror from the list; its own content stays as it is",
        arguments: [.positional("NAME", "its name", takes: .remote)], example: "quipu remote remove origin")

    private let name: String

    init(_ values: ParsedArguments) throws(UsageError) { name = values.argument("NAME") }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        try context.archive(.readWrite).removeRemote(name)
        context.output.json(["name": JSONText(name)])
        context.output.remark("remote \(name) is forgotten")
        return .done
    }
}
