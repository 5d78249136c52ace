internal import Quipu
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

struct AttachCommand: Command {
    static let declaration = CommandDeclaration(
        "attach", abstract: "keep a file with a record",
        arguments: [
            .positional("ID", "the record's id or handle"), .positional("FILE", "the file; it is copied"),
        ],
        options: [
            .option("name", value: "NAME", "what to call it; by default as the file"),
            .option("type", value: "TYPE/SUBTYPE", "what it is; by default as its name says"),
            .option("tag", value: "TAG", "a tag of the attachment", repeated: true),
        ],
        example: "quipu attach 3k9x7t2m interview.mp3 --tag original",
        discussion: """
            The record of it travels with the next sync like any other; the file follows after, and a link that \
            is cut goes on at the byte. The same content is kept once, whatever it is attached to. 'quipu save' \
            writes it out again.
            """, makesEdits: true)

    private let id: String
    private let path: String
    private let name: String
    private let mediaType: String
    private let tagFields: [String]

    init(_ values: ParsedArguments) throws(UsageError) {
        id = values.argument("ID")
        path = values.argument("FILE")
        let last = path.split(separator: "/").last.map(String.init) ?? path
        name = (values.option("name") ?? last).nfc
        mediaType = values.option("type") ?? MediaType.of(fileName: last)
        var tagFields: [String] = []
        for tag in values.options("tag") {
            let field = try TagName.field(tag)
            if !tagFields.contains(field) { tagFields.append(field) }
        }
        self.tagFields = tagFields
        guard !name.isEmpty else { throw UsageError("--name is empty", hint: "leave it out, or say a name") }
        guard MediaType.isWellFormed(mediaType) else {
            throw UsageError(
                "--type is no media type: \(TerminalSanitizer.line(mediaType))",
                hint: "write it as --type audio/mpeg")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let store = try context.openStore(.readWrite)
        let record = try store.find(id)
        if record.isDeleted {
            throw StorageError(
                .deleted, "\(RecordText.name(record)) is deleted",
                hint: "bring it back first: quipu restore \(record.id.shortHandle)")
        }
        guard record.kind != Attachment.kind else {
            throw StorageError(
                .wrongType, "\(RecordText.name(record)) is an attachment itself",
                hint: "attach the file to what that belongs to: quipu show \(record.id.shortHandle)")
        }
        let progress = context.output.progressLine()
        defer { progress.clear() }
        let outcome = try Attaching(to: record, in: store, author: author).attach(
            fileAt: path, name: name, mediaType: mediaType, tagFields: tagFields
        ) { bytes in
            progress.show("copied \(SizeText.of(bytes: Int(bytes)))…")
        }
        progress.clear()
        report(outcome, record, to: context.output)
        return .done
    }

    private func report(
        _ outcome: Attaching.Outcome, _ target: QuipuStorage.Record, to output: Output
    ) {
        let (id, version) = (outcome.id, outcome.version)
        output.json([
            "id": JSONText(id.text), "handle": JSONText(id.shortHandle), "target": JSONText(target.id.text),
            "version": JSONText(version?.description), "changed": JSONText(version != nil),
            "sha256": JSONText(outcome.hash.hexadecimal), "sizeBytes": JSONText(outcome.sizeBytes),
            "mediaType": JSONText(mediaType),
        ])
        let size = SizeText.of(bytes: Int(outcome.sizeBytes))
        let what = RecordText.name(id, kind: Attachment.kind)
        output.line(
            output.isQuiet
                ? id.text
                : version == nil
                    ? "\(RecordText.title(target)) has this file already: \(what)"
                    : "attached \(TerminalSanitizer.line(name)) (\(size)) to \(RecordText.title(target)): \(what)"
        )
    }
}
