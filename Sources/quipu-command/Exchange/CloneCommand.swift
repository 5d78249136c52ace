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
            AttachmentPolicy.option, ShareWords.option,
        ],
        example: "quipu clone http://127.0.0.1:8420/press",
        discussion: """
            An interrupted clone resumes where it stopped: with the same command, or, if the message says so, with quipu \
            sync in its folder. A complete copy from a server, a folder or a backup is verified before it is used; exit code 5: it is damaged, and nothing was \
            made.

            With --share the code that quipu serve --share shows on the other machine takes the place of URL|PATH, and the \
            mirror has no remote, as in: quipu clone --share 192.168.43.17 9ww7-yk3p-ya51-w press
            """)

    static let interruptionAdvice: String? = "what has arrived is kept; go on with the same command"

    private let source: String
    private let share: ShareWords?
    private let folder: String?
    private let asksForToken: Bool
    private let options: RemoteOptions
    private let isShared: Bool
    private let attachments: [String]

    init(_ values: ParsedArguments) throws(UsageError) {
        source = values.argument("URL|PATH")
        share = try ShareWords(
            values, code: source, excluding: ["login", "ca", "insecure", "allow-plain-http"])
        let second = values.optionalArgument("DIR")
        try share?.refuse(second)
        folder = share?.isScanned == true ? source : second
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
        if share == nil, !Remote.isURL(source), asksForToken || options.caFile != nil || options.isInsecure {
            throw UsageError(
                "--login, --ca and --insecure have no effect on a folder or a file",
                hint: "they are about servers; leave them out")
        }
        let location = Remote.absolute(source)
        if share == nil, !Remote.isURL(location), FileKind.isFile(location) {
            return try cloneFile(location, in: context)
        }
        let progress = context.output.progressLine()
        defer { progress.clear() }
        var request = try request(in: context, progress)
        var path: String?
        request.onArchive = { path = $0 }
        let report: CloneReport
        do {
            if let share {
                report = try Archive.clone(
                    shareAt: share.address, code: share.code, to: folder, request, in: context.environment)
            } else {
                report = try Archive.clone(source, to: folder, request, in: context.environment)
            }
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
        if share != nil {
            context.output.advise(
                "it has no remote; to sync again, use a new code, or add one: quipu remote add origin URL-OR-PATH"
            )
        }
        try context.askForAuthor()
        if report.isInSync, report.files.isStopPassing { return .remoteUnreachable }
        return report.isInSync ? .done : .failed
    }

    private func request(
        in context: Context, _ progress: ProgressLine
    ) throws(UsageError) -> CloneRequest {
        let output = context.output
        var request = CloneRequest()
        request.options.fetches = AttachmentPolicy.choice(attachments)
        request.options.link = try share?.link(in: context) ?? context.link(isInsecure: options.isInsecure)
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
        request.onBrokenExchange = { [share] path in
            progress.clear()
            let words = share.map { "quipu sync --share \($0.address.text) \($0.code.text)" } ?? "quipu sync"
            output.advise("what has arrived is kept; continue with: \(words) --archive \(path)")
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
