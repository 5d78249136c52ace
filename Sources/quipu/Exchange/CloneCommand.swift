internal import Causality
internal import Replication
internal import ReplicationHTTP
internal import Storage

struct CloneCommand: Command {
    static let declaration = CommandDeclaration(
        "clone", abstract: "make a mirror of an archive that is elsewhere",
        arguments: [
            .positional("URL|PATH", "a server's archive, http://HOST:PORT/NAME, or a folder"),
            .optional("DIR", "where to put the mirror; by default a folder named as the archive"),
        ],
        example: "quipu clone http://127.0.0.1:8420/press",
        discussion: "A clone that was cut goes on where it stopped: quipu sync, in its folder.")

    private let source: String
    private let folder: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        source = values.argument("URL|PATH")
        folder = values.optionalArgument("DIR")
    }

    func run(in context: Context) throws -> ExitCode {
        var location = RemotePlace.absolute(source)
        let name: String
        if ArchiveURL.isURL(location) {
            let url = try ArchiveURL(location)
            location = "\(url.base)/\(url.name)"
            name = url.name
        } else {
            guard let there = ArchiveFolder.at(location) else {
                throw StorageError(
                    .noArchive, "there is no archive at \(source)",
                    hint: "give the folder that contains its .quipu")
            }
            location = there.workPath
            name = try Store(opening: there, mode: .readOnly).name
        }
        let first = RemotePlace(name: "origin", location: location)
        let transport = try first.transport(archiveName: name, environment: context.environment)
        let inquiry = try Inquiry(over: transport, environment: context.environment)
        let store = try Store.create(
            in: folder ?? name, id: inquiry.archive, name: name, environment: context.environment)
        try store.addRemote(name: "origin", location: location)
        let report: SyncReport
        do {
            report = try first.sync(store, over: transport, in: context)
        } catch {
            context.output.advise(
                "what came so far is kept; go on with: quipu sync --archive \(store.folder.workPath)")
            throw error
        }
        let origin = try store.origin
        context.output.json([
            "archive": JSONText(store.id.hexadecimal), "replica": JSONText(origin.hexadecimal),
            "path": JSONText(store.folder.workPath), "received": JSONText(report.received),
            "inSync": JSONText(report.inSync),
        ])
        context.output.remark(
            "cloned \(HarmlessText.line(location)) into \(HarmlessText.line(store.folder.workPath)): "
                + "\(counted(report.received, "record")), \(report.inSync ? "in sync" : "not in sync yet")")
        return report.inSync ? .done : .failed
    }
}
