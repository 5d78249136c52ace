internal import Quipu

struct ExportCommand: Command {
    static let declaration = CommandDeclaration(
        "export", abstract: "write records in an open format, without loss of current values",
        arguments: [.repeated("QUERY", "only records that fit: quipu help queries", minimum: 0)],
        options: [
            .option("query", value: "QUERY", "likewise, as one word"),
            .option(
                "format", value: "F", "jsonl (the default) or markdown",
                choices: Format.allCases.map(\.rawValue)),
            .option(
                "output", short: "o", value: "PATH",
                "a file, or for markdown a folder; by default, and for -, standard output", takes: .file),
        ],
        example: "quipu export in:Press -o press.jsonl",
        discussion: """
            Without a query all records are written. With one, annotations and notes on an article are written where they fit \
            themselves. \
            Imported into an empty archive, an export gives the same content digest (quipu verify). A file appears complete or \
            not at all, and keeps the permissions of the one it replaces; a pipe or device is written directly. Where no record \
            fits, an earlier export is not replaced. A folder that holds an earlier export of the archive is brought up to \
            date; files in it that were changed since are kept and named.
            """, dashesAreTerms: true)

    static let interruptionAdvice: String? =
        "no file was replaced, but what went to a folder or to standard output is incomplete; run the same command again"

    private enum Format: String, CaseIterable {
        case jsonl, markdown
    }

    private let format: Format
    private let path: String?
    private let query: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        format = values.option("format").flatMap { Format(rawValue: $0) } ?? .jsonl
        let words = values.arguments("QUERY").joined(separator: " ")
        if !words.isEmpty, values.flag("query") {
            throw UsageError("there are two queries", hint: "give one of them, as words or with --query")
        }
        query = values.option("query") ?? (words.isEmpty ? nil : words)
        path = values.option("output").flatMap { $0 == "-" ? nil : $0 }
        if format == .markdown, path == nil {
            throw UsageError(
                "markdown makes a file for each record and needs a folder",
                hint: "say which: quipu export --format markdown -o FOLDER")
        }
    }

    var leavesSomethingDone: Bool { path != nil }

    func run(in context: Context) throws -> ExitCode {
        let archive = try query == nil ? context.archive(.readOnly) : context.archiveToSearch()
        if let query {
            for note in try archive.read({ try $0.notes(on: query) }) { context.output.warn(note.message) }
        }
        let report: ExportReport
        var folder: ExportFolderReport?
        let line = context.output.progressLine()
        defer { line.clear() }
        func show(_ done: WorkProgress) {
            // Two lines cannot be written over each other.
            if path == nil, context.terminal.outputIsTerminal { return }
            line.show(
                "\(done.items) written", .items(done.items, "records", fraction: done.fraction))
        }
        switch (format, path) {
        case (.jsonl, let path?) where !OutputPath.isStandardOutput(path):
            let file = try OutputPath(path)
            report = try archive.exportLines(matching: query, progress: show) { try file.write($0) }
            if report.records == 0, OutputPath.isFile(withContent: path) {
                throw QuipuError(
                    .nothingToExport, "no record fits, and there is a file \(TerminalSanitizer.line(path))",
                    hint: "the file is as it was; correct the query, or remove the file")
            }
            try file.finish()
        case (.jsonl, _):
            report = try archive.exportLines(matching: query, progress: show) {
                context.output.standard.write(bytes: $0)
            }
        case (.markdown, let path):
            (report, folder) = try archive.exportMarkdown(to: path ?? ".", matching: query, progress: show)
        }
        line.clear()
        if report.missingTexts > 0 {
            context.output.warn(
                "\(countedAre(report.missingTexts, "text")) not here yet and not in the export"
                    + "\(try archive.read { try $0.status() }.waitingPlace); sync first")
        }
        if report.attachments > 0 {
            context.output.advise(
                "the export lacks the files of \(counted(report.attachments, "attachment")): quipu save writes one out, "
                    + "quipu backup keeps all")
        }
        if let path, !OutputPath.isStandardOutput(path) {
            context.output.json([
                "records": JSONText(report.records), "path": JSONText(path),
                "removed": JSONText(folder?.removedFiles ?? 0),
                "changed": JSONText(folder?.changedFiles ?? []),
                "setAside": JSONText(folder?.setAsideFiles ?? []),
                "others": JSONText(folder?.otherFileCount ?? 0),
            ])
            if report.records == 0 {
                context.output.warn(
                    query == nil
                        ? "the archive has no record to export"
                        : "no record fits the query: nothing was exported")
            }
            context.output.remark(
                "\(counted(report.records, "record")) written to \(TerminalSanitizer.line(path))")
            if let folder { say(folder, in: path, to: context.output) }
        }
        return report.missingTexts == 0 ? .done : .failed
    }

    private func say(_ rest: ExportFolderReport, in path: String, to output: Output) {
        if rest.removedFiles > 0 {
            output.remark("\(counted(rest.removedFiles, "file")) of an earlier export removed")
        }
        for name in rest.setAsideFiles {
            output.warn("this file was changed after the last export; it is now \(path)/\(name)")
        }
        for name in rest.changedFiles {
            output.warn(
                "\(path)/\(name) is of an earlier export and somebody changed it, so it stays; an import of the folder "
                    + "reads it too")
        }
        if rest.otherFileCount > 0 {
            let more = rest.otherFileCount > rest.otherFiles.count ? ", …" : ""
            output.warn(
                "\(counted(rest.otherFileCount, "Markdown file")) in \(path) not written by this export, which an import of the "
                    + "folder reads too: \(rest.otherFiles.joined(separator: ", "))\(more)")
        }
    }
}
