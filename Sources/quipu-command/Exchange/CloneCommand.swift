internal import Glibc
internal import Quipu
internal import QuipuCausality
internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

struct CloneCommand: Command {
    static let declaration = CommandDeclaration(
        "clone", abstract: "make a mirror of an archive that is elsewhere",
        arguments: [
            .positional("URL|PATH", "a server's archive, http://HOST:PORT/NAME, a folder, or a backup"),
            .optional("DIR", "where to put the mirror; by default a folder named as the archive"),
        ],
        options: [
            .flag("login", "ask for a token, or read it from standard input, and store it for later syncs"),
            RemoteOptions.ca, RemoteOptions.insecure, RemoteOptions.allowPlainHTTP, ArchiveSharing.option,
            AttachmentPolicy.option,
        ],
        example: "quipu clone http://127.0.0.1:8420/press",
        discussion: """
            A clone that was cut goes on where it stopped: by the same command, or, where that says so, by quipu \
            sync in its folder. What comes as a whole, from a server, a folder or a backup, is checked from its log up before it is used; exit code 5: it is damaged, and nothing was \
            made.
            """)

    private let source: String
    private let folder: String?
    private let asksForToken: Bool
    private let options: RemoteOptions
    private let isShared: Bool
    private let attachments: [String]

    init(_ values: ParsedArguments) throws(UsageError) {
        source = values.argument("URL|PATH")
        folder = values.optionalArgument("DIR")
        asksForToken = values.flag("login")
        options = try RemoteOptions(values)
        isShared = values.flag("shared")
        attachments = try AttachmentPolicy.words(values)
    }

    var leavesSomethingDone: Bool { true }

    func run(in context: Context) throws -> ExitCode {
        if let archive = context.options.archive {
            throw UsageError(
                "'quipu clone' makes an archive, so --archive has no effect there",
                hint: "say where to put it: quipu clone \(source) \(archive)")
        }
        if !ArchiveURL.isURL(source), asksForToken || options.caFile != nil || options.isInsecure {
            throw UsageError(
                "--login, --ca and --insecure have no effect on a folder or a file",
                hint: "they are about servers; leave them out")
        }
        var location = RemotePlace.absolute(source)
        let name: String
        var access = RemoteAccess()
        if ArchiveURL.isURL(location) {
            let url = try ArchiveURL(location)
            options.apply(to: &access)
            try url.requireSafety(unless: options.isInsecure)
            if asksForToken { access.token = try TokenInput.read(for: url, in: context).text }
            location = "\(url.base)/\(url.name)"
            name = url.name
        } else if FileKind.isFile(location) {
            return try cloneFile(location, in: context)
        } else {
            guard let there = ArchiveFolder.at(location) else {
                throw StorageError(
                    .noArchive, "there is no archive at \(source)",
                    hint: "give the folder that contains its .quipu")
            }
            location = there.workPath
            name = try Store(opening: there, mode: .readOnly, isForeign: true).name
        }
        var shown = access
        shown.allowsPlainHTTP = options.isInsecure
        let first = RemotePlace(name: "origin", location: location, access: shown)
        let transport = try first.transport(archiveName: name, in: context)
        let handshake = try Handshake(over: transport, environment: context.environment)
        if isShared { try ArchiveFolder.prepare(in: folder ?? name, isShared: true) }
        let begun = try BegunClone.store(
            in: folder ?? name, of: handshake.archive, from: location, environment: context.environment)
        let copied =
            try begun == nil
            ? copy(handshake, named: name, from: location, over: transport, in: context) : nil
        let store =
            try begun ?? copied
            ?? Store.create(
                in: folder ?? name, id: handshake.archive, name: name,
                remotes: [(name: "origin", location: location)], environment: context.environment)
        if options.isInsecure { try store.remotes.noteInsecure(remote: "origin") }
        if access != RemoteAccess() {
            var credentials = try Credentials(in: store.folder.path)
            credentials[try ArchiveURL(location)] = access
            try credentials.save()
        }
        let report: QuipuReplication.SyncReport
        do {
            let agreed: Agreement?
            (report, agreed) = try first.sync(store, over: transport, in: context)
            // Up to what was agreed a sync looks for nothing to merge. Who has no fresh name, but that of a key, may have
            // written one of two versions.
            if try store.log.vector().sequence(of: store.origin) == 0 { try first.note(agreed, of: store) }
        } catch {
            context.output.advise(
                "what came so far is kept; go on with: quipu sync --archive \(store.folder.workPath)")
            throw error
        }
        try AttachmentPolicy.remember(attachments, for: store)
        let files = try first.exchangeAttachments(of: store, over: transport, in: context) ?? BlobReport()
        let origin = try store.origin
        let records = try store.recordCounts().reduce(0) { $0 + $1.count }
        let received = copied == nil ? report.received : records
        context.output.json([
            "archive": JSONText(store.id.hexadecimal), "replica": JSONText(origin.hexadecimal),
            "path": JSONText(store.folder.workPath), "received": JSONText(received),
            "inSync": JSONText(report.inSync), "attachments": files.json,
        ])
        context.output.remark(
            "cloned \(TerminalSanitizer.line(location)) into \(TerminalSanitizer.line(store.folder.workPath)): "
                + "\(counted(records, "record")), \(report.inSync ? "in sync" : "not in sync yet")")
        files.say(to: context.output, title: TerminalSanitizer.line(location))
        if report.inSync, files.stop?.isPassing == true { return .remoteUnreachable }
        return report.inSync ? .done : .failed
    }

    /// Takes over the copy that a server keeps ready; nil where there is none that can be used.
    private func copy(
        _ handshake: Handshake, named name: String, from location: String, over transport: any Transport,
        in context: Context
    ) throws -> Store? {
        let progress = context.output.progressLine()
        defer { progress.clear() }
        var report = SnapshotClone.Report()
        report.onBytes = { bytes, total in
            let size = { (bytes: UInt64) in SizeText.of(bytes: Int(clamping: bytes)) }
            progress.show("received \(size(bytes))\(total.map { " of \(size($0))" } ?? "")…")
        }
        report.onUnsoundCopy = { error in
            progress.clear()
            context.output.warn(
                "the server's copy is not sound (\(StorageError.presentable(error))); everything is fetched by itself"
            )
        }
        report.onBrokenLink = {
            progress.clear()
            context.output.advise("what came so far is kept; go on with the same command")
        }
        return try SnapshotClone(
            handshake, named: name, from: location, environment: context.environment, report: report
        ).make(in: folder ?? name, over: transport)
    }

    /// Makes an archive out of a backup. It has no remote: a backup is no mirror.
    private func cloneFile(_ file: String, in context: Context) throws -> ExitCode {
        let last = file.split(separator: "/").last.map(String.init) ?? ""
        let name = last.split(separator: ".").first.map(String.init) ?? last
        if isShared { try ArchiveFolder.prepare(in: folder ?? ArchiveName.from(name), isShared: true) }
        let store = try Store.create(
            in: folder ?? ArchiveName.from(name), copyOf: file, environment: context.environment)
        let files = try AttachmentBackup(of: store).restore(from: file)
        let (origin, count) = (try store.origin, try store.recordCounts().reduce(0) { $0 + $1.count })
        context.output.json([
            "archive": JSONText(store.id.hexadecimal), "replica": JSONText(origin.hexadecimal),
            "path": JSONText(store.folder.workPath), "received": JSONText(count), "inSync": nil,
            "attachments": files.json,
        ])
        context.output.remark(
            "made an archive in \(TerminalSanitizer.line(store.folder.workPath)) out of "
                + "\(TerminalSanitizer.line(file)): \(counted(count, "record"))")
        files.say(to: context.output, what: "in the backup")
        context.output.advise(
            "  what came after the backup is on the mirrors: quipu remote add origin URL-OR-PATH; quipu sync")
        return .done
    }
}

/// What stands at a path.
enum FileKind {
    static func isFile(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }
}
