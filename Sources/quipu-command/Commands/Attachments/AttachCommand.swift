internal import Quipu

struct AttachCommand: Command {
    static let declaration = CommandDeclaration(
        "attach", abstract: "attach a file to records",
        arguments: [
            RecordSelection.argument("a record's id or handle"),
            .positional("FILE", "the file; it is copied", takes: .file),
        ],
        options: [
            RecordSelection.query,
            .option("name", value: "NAME", "its name; by default the file's name"),
            .option("type", value: "TYPE/SUBTYPE", "its media type; by default guessed from its name"),
            .option("tag", value: "TAG", "a tag of the attachment", repeated: true, takes: .tag),
        ],
        example: "quipu attach 3k9x7t2m interview.mp3 --tag original",
        discussion: """
            Its record is sent with the next sync like any other; the file follows, and an interrupted transfer \
            resumes where it stopped. Identical content is stored once, whatever it is attached to. 'quipu save' \
            writes it out again. \(RecordSelection.explanation)
            """, makesEdits: true)

    private let selection: RecordSelection
    private let request: AttachRequest

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values)
        var request = AttachRequest(values.argument("FILE"))
        request.name = (values.option("name") ?? request.name).inNormalFormC
        request.mediaType = values.option("type") ?? request.mediaType
        for tag in values.options("tag") {
            let tag = try TagName.normalised(tag)
            if !request.tags.contains(tag) { request.tags.append(tag) }
        }
        self.request = request
        guard !request.name.isEmpty else {
            throw UsageError("--name is empty", hint: "leave it out, or give a name")
        }
        guard request.hasWellFormedType else {
            throw UsageError(
                "--type is not a media type: \(TerminalSanitizer.line(request.mediaType))",
                hint: "write it as --type audio/mpeg")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let archive = try context.archiveToEdit()
        let progress = context.output.progressLine()
        defer { progress.clear() }
        let ids = try archive.read { try names.ids(in: $0) }
        if ids.isEmpty {
            EditReport.printNone(to: context.output)
            return .done
        }
        let reports = try archive.attach(request, to: ids) { bytes in
            progress.show("copied \(SizeText.of(bytes: Int(bytes)))…")
        }
        progress.clear()
        for report in reports { present(report, to: context.output) }
        return .done
    }

    private func present(_ report: AttachReport, to output: Output) {
        let (id, version) = (report.attachment, report.version)
        output.json([
            "id": JSONText(id.uuid), "handle": JSONText(id.handle), "target": JSONText(report.target.id.uuid),
            "version": JSONText(version?.description), "changed": JSONText(version != nil),
            "sha256": JSONText(report.hash), "sizeBytes": JSONText(report.sizeBytes),
            "mediaType": JSONText(request.mediaType),
        ])
        let size = SizeText.of(bytes: Int(report.sizeBytes))
        let (what, target) = (RecordText.name(id), RecordText.title(report.target))
        output.line(
            output.isQuiet
                ? id.uuid
                : version == nil
                    ? "\(target) has this file already: \(what)"
                    : "attached \(TerminalSanitizer.line(request.name)) (\(size)) to \(target): \(what)")
    }
}
