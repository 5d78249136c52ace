internal import QuipuCausality
internal import QuipuInterchange
internal import QuipuStorage

struct ExportCommand: Command {
    static let declaration = CommandDeclaration(
        "export", abstract: "write all records in an open format, losing nothing that is seen",
        options: [
            .option(
                "format", value: "F", "jsonl (the default) or markdown",
                choices: Exporter.Format.allCases.map(\.rawValue)),
            .option(
                "output", short: "o", value: "PATH",
                "a file, or for markdown a folder; by default, and for -, standard output"),
        ],
        example: "quipu export --format jsonl -o press.jsonl",
        discussion: """
            Imported into an empty archive, an export gives the same content digest (quipu verify). A file appears whole or \
            not at all, and keeps the permissions of the one it replaces; a pipe or device is written to. A folder that \
            holds an earlier export of the archive becomes what a fresh one would be; files in it that somebody changed \
            are kept and named.
            """)

    private let format: Exporter.Format
    private let path: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        format = values.option("format").flatMap { Exporter.Format(rawValue: $0) } ?? .jsonl
        path = values.option("output").flatMap { $0 == "-" ? nil : $0 }
        if format == .markdown, path == nil {
            throw UsageError(
                "markdown makes a file for each record and needs a folder",
                hint: "say which: quipu export --format markdown -o FOLDER")
        }
    }

    var leavesSomethingDone: Bool { path != nil }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let report: ExportReport
        var folder: ExportFolder.Rest?
        switch (format, path) {
        case (.jsonl, let path?) where !OutputFile.isStandardOutput(path):
            let file = try OutputFile(path: path)
            report = try lines(of: store) { try file.write($0) }
            try file.finish()
        case (.jsonl, _): report = try lines(of: store) { context.output.standard.write(bytes: $0) }
        case (.markdown, let path):
            let target = try ExportFolder(path: path ?? ".", archive: UUIDText.of(store.id))
            var writer = MarkdownWriter { try target.write($0, $1) }
            report = try Exporter(from: store).run { try writer.write($0) }
            folder = try target.finish()
        }
        if report.missingTexts > 0 {
            context.output.warn(
                "\(countedAre(report.missingTexts, "text")) not here yet and not in the export; sync first")
        }
        let attachments = try store.recordCounts().first { $0.kind == Attachment.kind }?.count ?? 0
        if attachments > 0 {
            context.output.advise(
                "the export lacks the files of \(counted(attachments, "attachment")): quipu save writes one out, "
                    + "quipu backup keeps all")
        }
        if let path, !OutputFile.isStandardOutput(path) {
            context.output.json([
                "records": JSONText(report.records), "path": JSONText(path),
                "removed": JSONText(folder?.removed ?? 0),
                "changed": JSONText(folder?.changed ?? []), "setAside": JSONText(folder?.setAside ?? []),
                "others": JSONText(folder?.otherCount ?? 0),
            ])
            context.output.remark(
                "\(counted(report.records, "record")) written to \(TerminalSanitizer.line(path))")
            if let folder { say(folder, in: path, to: context.output) }
        }
        return report.missingTexts == 0 ? .done : .failed
    }

    private func lines(of store: Store, _ sink: @escaping ([UInt8]) throws -> Void) throws -> ExportReport {
        var writer = JSONLinesWriter(sink: sink)
        return try Exporter(from: store).run { try writer.write($0) }
    }

    private func say(_ rest: ExportFolder.Rest, in path: String, to output: Output) {
        if rest.removed > 0 {
            output.remark("\(counted(rest.removed, "file")) of an earlier export removed")
        }
        for name in rest.setAside {
            output.warn("somebody changed this file since the last export; it is now \(path)/\(name)")
        }
        for name in rest.changed {
            output.warn(
                "\(path)/\(name) is of an earlier export and somebody changed it, so it stays; an import of the folder "
                    + "reads it too")
        }
        if rest.otherCount > 0 {
            let more = rest.otherCount > rest.others.count ? ", …" : ""
            output.warn(
                "\(counted(rest.otherCount, "Markdown file")) in \(path) not written by this export, which an import of the "
                    + "folder reads too: \(rest.others.joined(separator: ", "))\(more)")
        }
    }
}

/// The archive's id as people see it.
private enum UUIDText {
    static func of(_ archive: ArchiveID) -> String { RecordID(rawValue: archive.rawValue).text }
}
