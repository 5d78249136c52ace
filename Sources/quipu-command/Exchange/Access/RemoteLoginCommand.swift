internal import QuipuHosting
internal import QuipuReplicationHTTP
internal import QuipuStorage

struct RemoteLoginCommand: Command {
    static let declaration = CommandDeclaration(
        "login", abstract: "store the token for a remote on a server",
        arguments: [.optional("NAME", "the remote; by default the only one, or origin")],
        options: [RemoteOptions.ca, RemoteOptions.insecure, RemoteOptions.allowPlainHTTP],
        example: "quipu remote login origin",
        discussion: """
            The token is asked for on the terminal, or read from standard input: never give it as a word of the \
            command, where every program on the machine sees it. It is kept in a file of this archive's folder \
            that only you can read, and sent to this remote only; $QUIPU_TOKEN goes before it.
            """)

    private let name: String?
    private let options: RemoteOptions

    init(_ values: ParsedArguments) throws(UsageError) {
        name = values.optionalArgument("NAME")
        options = try RemoteOptions(values)
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(options.isInsecure ? .readWrite : .readOnly)
        let remote = try store.remotes.named(name)
        let url = try RemoteOptions.url(of: remote, store)
        var credentials = try Credentials(in: store.folder.path)
        var access = credentials[url]
        options.apply(to: &access)
        try url.requireSafety(unless: access.allowsPlainHTTP || remote.isInsecure || options.isInsecure)
        let token = try TokenInput.read(for: url, in: context)
        if options.isInsecure { try store.remotes.noteInsecure(remote: remote.name) }
        access.token = token.text
        credentials[url] = access
        try credentials.save()
        context.output.json(["name": JSONText(remote.name), "token": JSONText(token.hash.id.text)])
        context.output.remark("token \(token.hash.id) is stored for \(remote.name)")
        return .done
    }
}

struct RemoteLogoutCommand: Command {
    static let declaration = CommandDeclaration(
        "logout", abstract: "forget the token for a remote",
        arguments: [.optional("NAME", "the remote; by default the only one, or origin")],
        example: "quipu remote logout origin",
        discussion: "The server still takes it from others who have it, until it is revoked there.")

    private let name: String?

    init(_ values: ParsedArguments) throws(UsageError) { name = values.optionalArgument("NAME") }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let remote = try store.remotes.named(name)
        let url = try RemoteOptions.url(of: remote, store)
        var credentials = try Credentials(in: store.folder.path)
        let wasStored = credentials[url].token != nil
        credentials[url].token = nil
        credentials[url].allowsPlainHTTP = false
        try credentials.save()
        context.output.json(["name": JSONText(remote.name), "removed": JSONText(wasStored)])
        context.output.remark(
            wasStored ? "the token for \(remote.name) is forgotten" : "no token was stored for \(remote.name)"
        )
        return .done
    }
}
