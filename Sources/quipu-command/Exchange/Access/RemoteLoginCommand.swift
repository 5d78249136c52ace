internal import Quipu

struct RemoteLoginCommand: Command {
    static let declaration = CommandDeclaration(
        "login", abstract: "store the token for a remote on a server",
        arguments: [.optional("NAME", "the remote; by default the only one, or origin", takes: .remote)],
        options: [RemoteOptions.ca, RemoteOptions.insecure, RemoteOptions.allowPlainHTTP],
        example: "quipu remote login origin",
        discussion: """
            The token is asked for on the terminal, or read from standard input: never give it as an argument of a \
            command, where every program on the machine can see it. It is stored in a file of this archive's folder \
            that only you can read, and sent to this remote only; $QUIPU_TOKEN takes precedence.
            """)

    private let name: String?
    private let options: RemoteOptions

    init(_ values: ParsedArguments) throws(UsageError) {
        name = values.optionalArgument("NAME")
        options = try RemoteOptions(values)
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(options.isInsecure ? .readWrite : .readOnly)
        let remote = try archive.remote(name)
        try RemoteOptions.requireServer(remote)
        let token = try archive.storeToken(
            for: remote.name, certificateFile: options.caFile, allowsPlainHTTP: options.isInsecure
        ) { try TokenInput.read(for: $0, in: context) }
        context.output.json(["name": JSONText(remote.name), "token": JSONText(token.id)])
        context.output.remark("token \(token.id) is stored for \(remote.name)")
        return .done
    }
}

struct RemoteLogoutCommand: Command {
    static let declaration = CommandDeclaration(
        "logout", abstract: "forget the token for a remote",
        arguments: [.optional("NAME", "the remote; by default the only one, or origin", takes: .remote)],
        example: "quipu remote logout origin",
        discussion: "The server still accepts it from anyone who has it, until it is revoked there.")

    private let name: String?

    init(_ values: ParsedArguments) throws(UsageError) { name = values.optionalArgument("NAME") }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(.readOnly)
        let remote = try archive.remote(name)
        try RemoteOptions.requireServer(remote)
        let wasStored = try archive.forgetToken(for: remote.name)
        context.output.json(["name": JSONText(remote.name), "removed": JSONText(wasStored)])
        context.output.remark(
            wasStored ? "the token for \(remote.name) is forgotten" : "no token was stored for \(remote.name)"
        )
        return .done
    }
}
