internal import Quipu
internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

struct RemoteAddCommand: Command {
    static let declaration = CommandDeclaration(
        "add", abstract: "remember a mirror under a name",
        arguments: [
            .positional("NAME", "what to call it; 'origin' is the one that sync takes by itself"),
            .positional("URL|PATH", "a server's archive, http://HOST:PORT/NAME, or a folder"),
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
        try RemotePlace.requirePlace(location)
        if !ArchiveURL.isURL(location), options.caFile != nil {
            throw UsageError("--ca has no effect on a folder", hint: "only servers have certificates")
        }
        let store = try context.openStore(.readWrite)
        var place = RemotePlace.absolute(location)
        if ArchiveURL.isURL(place) {
            let url = try ArchiveURL(place, defaultName: try store.name)
            place = "\(url.base)/\(url.name)"
            var credentials = try Credentials(in: store.folder.path)
            options.apply(to: &credentials[url])
            try credentials.save()
            if url.isReadableByOthers, !options.isInsecure {
                context.output.warn(
                    "\(TerminalSanitizer.line(url.base)) is plain HTTP: others on the way could read and change what is "
                        + "exchanged; where the way is safe, say so once: quipu sync \(name) --insecure")
            }
        } else if ArchiveFolder.at(place)?.isSame(as: store.folder) == true {
            throw ReplicationError.sameArchive(at: location)
        }
        try store.remotes.add(name: name, location: place, isInsecure: options.isInsecure)
        context.output.json(["name": JSONText(name), "url": JSONText(place)])
        context.output.remark("remote \(name) is \(TerminalSanitizer.line(place))")
        return .done
    }
}

struct RemoteListCommand: Command {
    static let declaration = CommandDeclaration(
        "list", abstract: "list the mirrors and when they were last in step", example: "quipu remote list")

    init(_ values: ParsedArguments) throws(UsageError) {}

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let remotes = try store.remotes.all()
        let credentials = try Credentials(in: store.folder.path)
        for remote in remotes {
            let url = ArchiveURL.isURL(remote.location) ? try ArchiveURL(remote.location) : nil
            let token = url.flatMap { credentials[$0].token }.flatMap { TokenSecret($0)?.hash.id }
            let lastSync = remote.syncedAtMilliseconds.map { Timestamp.rfc3339(milliseconds: $0) }
            context.output.json([
                "name": JSONText(remote.name), "url": JSONText(remote.location),
                "lastSync": JSONText(lastSync), "token": JSONText(token?.text),
                "insecure": JSONText(url?.isReadableByOthers == true),
            ])
            context.output.line(
                "\(remote.name)  \(TerminalSanitizer.line(remote.location))  \(lastSync.map { "in step at \($0)" } ?? "never in step")"
                    + (token.map { "  token \($0)" } ?? "")
                    + (url?.isReadableByOthers == true ? "  plain HTTP" : "")
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

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readWrite)
        let location = try store.remotes.all().first { $0.name == name }?.location
        try store.remotes.remove(name: name)
        if let location, ArchiveURL.isURL(location),
            try !store.remotes.all().contains(where: { $0.location == location })
        {
            var credentials = try Credentials(in: store.folder.path)
            credentials[try ArchiveURL(location)] = RemoteAccess()
            try credentials.save()
        }
        context.output.json(["name": JSONText(name)])
        context.output.remark("remote \(name) is forgotten")
        return .done
    }
}
