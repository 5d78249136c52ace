internal import Replication
internal import ReplicationHTTP
internal import Storage

struct RemoteAddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "remember a mirror under a name",
        arguments: [
            .positional("NAME", "what to call it; 'origin' is the one that sync takes by itself"),
            .positional("URL|PATH", "a server's archive, http://HOST:PORT/NAME, or a folder"),
        ],
        example: "quipu remote add origin http://127.0.0.1:8420/press")

    private let name: String
    private let location: String

    init(_ values: ParsedArguments) throws(UsageError) {
        name = values.argument("NAME")
        location = values.argument("URL|PATH")
    }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readWrite)
        var place = RemotePlace.absolute(location)
        if ArchiveURL.isURL(place) {
            let url = try ArchiveURL(place, defaultName: try store.name)
            place = "\(url.base)/\(url.name)"
        }
        try store.addRemote(name: name, location: place)
        context.output.json(["name": JSONText(name), "url": JSONText(place)])
        context.output.remark("remote \(name) is \(HarmlessText.line(place))")
        return .done
    }
}

struct RemoteListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list the mirrors and when they were last in step", example: "quipu remote list")

    init(_ values: ParsedArguments) throws(UsageError) {}

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let remotes = try store.remotes()
        for remote in remotes {
            let lastSync = remote.syncedAtMilliseconds.map { Timestamp.rfc3339(milliseconds: $0) }
            context.output.json([
                "name": JSONText(remote.name), "url": JSONText(remote.location),
                "lastSync": JSONText(lastSync),
            ])
            context.output.line(
                "\(remote.name)  \(HarmlessText.line(remote.location))  \(lastSync.map { "in step at \($0)" } ?? "never in step")"
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
        "remove", abstract: "forget a mirror; what it holds stays as it is",
        arguments: [.positional("NAME", "its name")], example: "quipu remote remove origin")

    private let name: String

    init(_ values: ParsedArguments) throws(UsageError) { name = values.argument("NAME") }

    func run(in context: Context) throws -> ExitCode {
        try context.openStore(.readWrite).removeRemote(name: name)
        context.output.json(["name": JSONText(name)])
        context.output.remark("remote \(name) is forgotten")
        return .done
    }
}
