internal import Glibc
internal import Quipu

struct SaveCommand: Command {
    static let declaration = CommandDeclaration(
        "save", abstract: "write an attachment's file to disk, and fetch it first if it is not here",
        arguments: [
            .positional("ID", "the attachment, or a record that has only one", takes: .record),
            .positional("FILE", "where to write it; - for standard output", takes: .file),
        ],
        options: [
            .flag("force", short: "f", "replace an existing file"),
            .option(
                "from", value: "REMOTE", "where to fetch it; by default each remote is tried in turn",
                takes: .remote),
        ],
        example: "quipu save 3k9x7t2m interview.mp3",
        discussion: """
            The file is checked before it gets its name. An interrupted fetch resumes where it stopped at the next \
            attempt. The name that an attachment carries is only shown: choose the path yourself.
            """,
        synonyms: ["download", "extract"])

    static let interruptionAdvice: String? = "what was fetched is kept; go on with the same command"

    private let id: String
    private let path: String
    private let isForced: Bool
    private let remote: String?

    init(_ values: ParsedArguments) {
        id = values.argument("ID")
        path = values.argument("FILE")
        isForced = values.flag("force")
        remote = values.option("from")
    }

    var leavesSomethingDone: Bool { path != "-" }

    func run(in context: Context) throws -> ExitCode {
        if path == "-", context.output.isJSON {
            throw UsageError(
                "--json and - both write to standard output", hint: "leave --json out, or name a file")
        }
        let archive = try context.archive(naming: id)
        let record = try attachment(in: archive)
        try archive.requireFileName(of: record.id)
        if !isStandardOutput { try requirePlace() }
        let file = try fetch(record, in: archive, context)
        try write(record, of: archive, to: context.output)
        // Nothing may follow the file on the same stream.
        if !isStandardOutput {
            context.output.json([
                "id": JSONText(record.id.uuid), "path": JSONText(path), "bytes": JSONText(file.sizeBytes),
                "sha256": JSONText(file.hash),
            ])
            context.output.remark(
                "saved \(RecordText.title(record)) as \(TerminalSanitizer.line(path)) "
                    + "(\(SizeText.of(bytes: Int(file.sizeBytes))))")
        }
        return .done
    }

    private func attachment(in archive: Archive) throws -> Record {
        let (record, all) = try archive.attachments(ofFound: id)
        if let only = all.first, all.count == 1 { return only }
        let names = all.prefix(8).map { RecordText.title($0) }
        throw QuipuError(
            all.isEmpty ? .unknownRecord : .ambiguousHandle,
            "\(RecordText.name(record)) has \(all.isEmpty ? "no attachment" : "several attachments")",
            hint: all.isEmpty
                ? "attach one: quipu attach \(record.id.handle) FILE"
                : "say which: \(names.joined(separator: ", "))")
    }

    /// Brings it here, where it is not.
    private func fetch(_ record: Record, in archive: Archive, _ context: Context) throws -> HeldFile {
        let progress = context.output.progressLine()
        defer { progress.clear() }
        let file = try archive.fetchFile(of: record.id, from: remote, link: context.link()) { bytes, total in
            progress.show("fetched \(BlobProgressText.of(bytes, of: total))", .bytes(bytes, of: total))
        }
        guard let file else {
            throw QuipuError(
                .textMissing,
                "the file of \(RecordText.title(record)) is neither here nor on a known mirror",
                hint: "the person who attached it sends it to a mirror with: quipu sync")
        }
        return file
    }

    private var isStandardOutput: Bool { OutputPath.isStandardOutput(path) }

    private func requirePlace() throws {
        guard !OutputPath.isSpecial(path), let entry = LocalMachine.entry(at: path) else { return }
        if entry == .folder {
            throw QuipuError(
                .fileExists, "this is a folder: \(path)", hint: "give the file's name too: \(path)/NAME")
        }
        if !isForced {
            throw QuipuError(
                .fileExists, "a file of that name already exists: \(path)",
                hint: "choose another name, or replace it with --force")
        }
    }

    private func write(_ record: Record, of archive: Archive, to output: Output) throws {
        let file = try isStandardOutput ? nil : OutputPath(path)
        do {
            // A stream cannot be taken back, but the failure can be said.
            try archive.readAttachment(record.id) { block in
                if let file { try file.write(block) } else { output.standard.write(bytes: block) }
            }
        } catch let error as QuipuError where error.code == .damaged {
            throw QuipuError(
                .damaged, "the file's content does not match its hash",
                hint: "move it aside with 'quipu verify', then fetch it: quipu doctor --repair --from REMOTE"
            )
        }
        try file?.finish()
    }
}
