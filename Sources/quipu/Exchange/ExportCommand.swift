internal import Interchange
internal import Storage

struct ExportCommand: Command {
    static let declaration = CommandDeclaration(
        "export", abstract: "write all records in an open format, losing nothing that is seen",
        options: [
            .option(
                "format", value: "F", "jsonl (the default) or markdown",
                choices: Exporter.Format.allCases.map(\.rawValue)),
            .option(
                "output", short: "o", value: "PATH",
                "a file, or for markdown a folder; by default standard output"),
        ],
        example: "quipu export --format jsonl -o press.jsonl",
        discussion: "Imported into an empty archive, an export gives the same content digest (quipu verify).")

    private let format: Exporter.Format
    private let path: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        format = values.option("format").flatMap { Exporter.Format(rawValue: $0) } ?? .jsonl
        path = values.option("output")
        if format == .markdown, path == nil {
            throw UsageError(
                "markdown makes a file for each record and needs a folder",
                hint: "say which: quipu export --format markdown -o FOLDER")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let report: ExportReport
        switch (format, path) {
        case (.jsonl, nil):
            var writer = JSONLinesWriter { (line) throws(InterchangeError) in
                context.output.standard.write(bytes: line)
            }
            report = try Exporter(from: store).run { (record) throws(InterchangeError) in
                try writer.write(record)
            }
        case (.jsonl, let path?):
            let file = try ExportFile(path: path)
            var writer = JSONLinesWriter { (line) throws(InterchangeError) in try file.write(line) }
            report = try Exporter(from: store).run { (record) throws(InterchangeError) in
                try writer.write(record)
            }
            try file.finish()
        case (.markdown, let path):
            let folder = path ?? "."
            var writer = MarkdownWriter { (relativePath, bytes) throws(InterchangeError) in
                let place = folder + "/" + relativePath
                try ExportFile.makeFolders(above: place)
                let file = try ExportFile(path: place)
                try file.write(bytes)
                try file.finish()
            }
            report = try Exporter(from: store).run { (record) throws(InterchangeError) in
                try writer.write(record)
            }
        }
        if report.missingTexts > 0 {
            context.output.warn(
                "\(counted(report.missingTexts, "text")) are not here yet and not in the export; sync first")
        }
        let attachments = try store.recordCounts().first { $0.kind == Attachment.kind }?.count ?? 0
        if attachments > 0 {
            context.output.advise(
                "the files of \(counted(attachments, "attachment")) are not in the export, only what is said of them: "
                    + "quipu save writes one out, quipu backup keeps all")
        }
        if let path {
            context.output.json(["records": JSONText(report.records), "path": JSONText(path)])
            context.output.remark(
                "\(counted(report.records, "record")) written to \(HarmlessText.line(path))")
        }
        return report.missingTexts == 0 ? .done : .failed
    }
}
