internal import Quipu

struct CloneCommand: Command {
    static let declaration = CommandDeclaration(
        "clone", abstract: "make a mirror of an archive on a server, in a folder or in a backup",
        arguments: [
            .positional(
                "URL|PATH", "a server's archive, http://HOST:PORT/NAME, a folder, or a backup",
                takes: .file),
            .optional(
                "DIR", "where to put the mirror; by default a folder named as the archive",
                takes: .folder),
        ],
        options: [
            .flag("login", "ask for a token, or read it from standard input, and store it for later syncs"),
            RemoteOptions.ca, RemoteOptions.insecure, RemoteOptions.allowPlainHTTP, ArchiveSharing.option,
            AttachmentPolicy.option,
        ],
        example: "quipu clone http://127.0.0.1:8420/press",
        discussion: """
            An interrupted clone resumes where it stopped: with the same command, or, if the message says so, with quipu \
            sync in its folder. A complete copy from a server, a folder or a backup is verified before it is used; exit code 5: it is damaged, and nothing was \
            made.
            """)

    static let interruptionAdvice: String? = "what has arrived is kept; go on with the same command"

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
        if !Remote.isURL(source), asksForToken || options.caFile != nil || options.isInsecure {
            throw UsageError(
                "--login, --ca and --insecure have no effect on a folder or a file",
                hint: "they are about servers; leave them out")
        }
        let location = Remote.absolute(source)
        if !Remote.isURL(location), FileKind.isFile(location) {
            return try cloneFile(location, in: context)
        }
        let progress = context.output.progressLine()
        defer { progress.clear() }
        var request = request(in: context, progress)
        var path: String?
        request.onArchive = { path = $0 }
        let report: CloneReport
        do {
            report = try Archive.clone(source, to: folder, request, in: context.environment)
        } catch let error as QuipuError where error.code == .unknownRecord {
            guard let place = path.flatMap({ ArchivePlace.at($0) }) else { throw error }
            throw try AttachmentPolicy.hinted(
                error, in: Archive.open(place, for: .readOnly, as: nil, in: context.environment))
        }
        progress.clear()
        context.output.json([
            "archive": JSONText(report.identifier), "replica": JSONText(report.replica),
            "path": JSONText(report.path), "received": JSONText(report.receivedCount),
            "inSync": JSONText(report.isInSync), "attachments": report.files.json,
        ])
        context.output.remark(
            "cloned \(TerminalSanitizer.line(report.location)) into \(TerminalSanitizer.line(report.path)): "
                + "\(counted(report.recordCount, "record")), \(report.isInSync ? "in sync" : "not in sync yet")"
        )
        report.files.say(to: context.output, title: TerminalSanitizer.line(report.location))
        try context.askForAuthor()
        if report.isInSync, report.files.isStopPassing { return .remoteUnreachable }
        return report.isInSync ? .done : .failed
    }

    private func request(in context: Context, _ progress: ProgressLine) -> CloneRequest {
        let output = context.output
        var request = CloneRequest()
        request.options.fetches = AttachmentPolicy.choice(attachments)
        request.options.link = context.link(isInsecure: options.isInsecure)
        request.isShared = isShared
        request.certificateFile = options.caFile
        if asksForToken { request.askForToken = { try TokenInput.read(for: $0, in: context).text } }
        request.onBytes = { bytes, total in
            let size = { (bytes: UInt64) in SizeText.of(bytes: Int(clamping: bytes)) }
            progress.show(
                "received \(size(bytes))\(total.map { " of \(size($0))" } ?? "")", .bytes(bytes, of: total))
        }
        request.onUnsoundCopy = { error in
            progress.clear()
            output.warn(
                "the server's copy is not sound (\(Self.words(error))); all transactions are fetched instead")
        }
        request.onBrokenLink = {
            progress.clear()
            output.advise("what has arrived is kept; continue with the same command")
        }
        request.onBrokenExchange = { path in
            progress.clear()
            output.advise("what has arrived is kept; continue with: quipu sync --archive \(path)")
        }
        request.progress = { progress.show($0.text, $0.measure) }
        return request
    }

    private static func words(_ error: any Error) -> String {
        let presentation = ErrorPresentation(error)
        return presentation.hint.map { "\(presentation.message) (\($0))" } ?? presentation.message
    }

    /// Makes an archive out of a backup.
    private func cloneFile(_ file: String, in context: Context) throws -> ExitCode {
        let (report, files) = try Archive.clone(
            backup: file, to: folder, isShared: isShared, in: context.environment)
        context.output.json([
            "archive": JSONText(report.identifier), "replica": JSONText(report.replica),
            "path": JSONText(report.path), "received": JSONText(report.recordCount), "inSync": nil,
            "attachments": files.json,
        ])
        context.output.remark(
            "made an archive in \(TerminalSanitizer.line(report.path)) out of "
                + "\(TerminalSanitizer.line(file)): \(counted(report.recordCount, "record"))")
        files.say(to: context.output, what: "in the backup")
        try context.askForAuthor()
        context.output.advise(
            "  what came after the backup is on the mirrors: quipu remote add origin URL-OR-PATH; quipu sync")
        return .done
    }
}
