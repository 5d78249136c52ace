internal import Glibc
internal import Quipu
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

struct SaveCommand: Command {
    static let declaration = CommandDeclaration(
        "save", abstract: "write an attachment's file out, and fetch it first where it is not here",
        arguments: [
            .positional("ID", "the attachment, or a record that has only one"),
            .positional("FILE", "where to put it; - for standard output"),
        ],
        options: [
            .flag("force", short: "f", "replace a file of that name"),
            .option(
                "from", value: "REMOTE", "where to fetch it; by default wherever it is, remote by remote"),
        ],
        example: "quipu save 3k9x7t2m interview.mp3",
        discussion: """
            The file is checked before it takes its name. A fetch that is cut goes on at the byte with the next \
            one. The name that somebody gave an attachment is only shown: say where to put it yourself.
            """,
        synonyms: ["download", "extract"])

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
        let store = try context.openStore(.readOnly)
        let record = try attachmentRecord(in: store)
        guard let attachment = Attachment(record), let hash = attachment.hash else {
            throw StorageError(
                .textMissing, "\(RecordText.name(record)) does not say which file it is",
                hint: "see what is known of it: quipu show \(record.id.shortHandle)")
        }
        if !isStandardOutput { try requirePlace() }
        if try store.blobs.files.sizeBytes(of: hash) == nil {
            try fetch(hash, attachment, of: record, into: store, in: context)
        }
        guard let content = try store.blobs.files.content(of: hash) else {
            throw StorageError(
                .textMissing, "the file of \(RecordText.name(record)) is not here", hint: "try again")
        }
        try write(content, hash, to: context.output)
        // Nothing may follow the file on the same stream.
        if !isStandardOutput {
            context.output.json([
                "id": JSONText(record.id.text), "path": JSONText(path), "bytes": JSONText(content.sizeBytes),
                "sha256": JSONText(hash.hexadecimal),
            ])
            context.output.remark(
                "saved \(RecordText.title(record)) as \(TerminalSanitizer.line(path)) "
                    + "(\(SizeText.of(bytes: Int(content.sizeBytes))))")
        }
        return .done
    }

    private func attachmentRecord(in store: Store) throws -> QuipuStorage.Record {
        let record = try store.find(id)
        if record.kind == Attachment.kind { return record }
        let all = try store.records.attachments(to: record.id).filter { $0.kind == Attachment.kind }
        if let only = all.first, all.count == 1 { return only }
        let names = all.prefix(8).map { RecordText.title($0) }
        throw StorageError(
            all.isEmpty ? .unknownRecord : .ambiguousHandle,
            "\(RecordText.name(record)) has \(all.isEmpty ? "no attachment" : "several attachments")",
            hint: all.isEmpty
                ? "attach one: quipu attach \(record.id.shortHandle) FILE"
                : "say which: \(names.joined(separator: ", "))")
    }

    private func fetch(
        _ hash: BlobHash, _ attachment: Attachment, of record: QuipuStorage.Record, into store: Store,
        in context: Context
    ) throws {
        let places =
            try remote.map { [try RemotePlace($0, of: store)] }
            ?? store.remotes.all().map { try RemotePlace($0.name, of: store) }
        let progress = context.output.progressLine()
        defer { progress.clear() }
        var failure: (any Error)?
        for place in places {
            do {
                let transport = try place.transport(
                    archiveName: try store.name, in: context, takesUnchecked: true)
                let peer = try place.blobPeer(over: transport, in: context)
                // One that has it not says so before it is asked for it.
                guard try peer.missing([hash]).isEmpty else { continue }
                let bound = min(attachment.sizeBytes ?? Limits.blobBytes, Limits.blobBytes)
                _ = try peer.fetch(hash, maximumBytes: bound, into: store.blobs.files) { bytes in
                    progress.show("fetched \(BlobProgressText.of(bytes, of: attachment.sizeBytes))…")
                }
                return
            } catch let error as ReplicationError {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        throw StorageError(
            .textMissing,
            "the file of \(RecordText.title(record)) is not here, nor on a mirror that is known",
            hint: "whoever attached it brings it to a mirror with: quipu sync")
    }

    private var isStandardOutput: Bool { OutputFile.isStandardOutput(path) }

    private func requirePlace() throws {
        var facts = stat()
        guard !OutputFile.isSpecial(path), stat(path, &facts) == 0 else { return }
        if facts.st_mode & S_IFMT == S_IFDIR {
            throw StorageError(
                .fileExists, "this is a folder: \(path)", hint: "say the file's name too: \(path)/NAME")
        }
        if !isForced {
            throw StorageError(
                .fileExists, "there is a file of that name already: \(path)",
                hint: "choose another name, or replace it with --force")
        }
    }

    private func write(_ content: any BlobContent, _ hash: BlobHash, to output: Output) throws {
        let file = try isStandardOutput ? nil : OutputFile(path: path)
        // A stream cannot be taken back, but the failure can be said.
        let isSound = try AttachmentContent.forEachBlock(of: content, hash) { block in
            if let file { try file.write(block) } else { output.standard.write(bytes: block) }
        }
        guard isSound else { throw damaged() }
        try file?.finish()
    }

    private func damaged() -> StorageError {
        StorageError(
            .damaged, "the file is not what it was when it was attached",
            hint: "put it aside with 'quipu verify', and get it anew: quipu doctor --repair --from REMOTE")
    }
}
