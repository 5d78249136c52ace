internal import Quipu

struct ExportCommand: Command {
    static let declaration = CommandDeclaration(
        "export", abstract: "write records in an open format",
        arguments: [.repeated("QUERY", "only records that fit: quipu help queries", minimum: 0)],
        options: [
            .option("query", value: "QUERY", "likewise, as one word"),
            .option(
                "format", value: "F", "jsonl by default; what each is stands above",
                choices: Format.choices),
            .flag(
                "for-spreadsheets", "with csv: nothing is taken for a formula, and Excel reads it as UTF-8"),
            .option(
                "output", short: "o", value: "PATH",
                "a file, or for markdown and site a folder; by default, and for -, standard output",
                takes: .file),
        ],
        example: "quipu export in:Press -o press.jsonl",
        discussion: """
            Nothing is lost in jsonl and markdown: imported into an empty archive, such an export gives the same content digest \
            (quipu verify). markdown has a file for each article, with its annotations and notes in a section at its end; a remark \
            that is changed there is imported as changed. The others are for other programs and for readers: site (pages for a \
            browser, without a server), epub (a book), w3c (annotations as JSON-LD), ris, csl and biblatex (articles for \
            reference managers), csv (a row for each record; imported again, articles come with tags, \
            collections, annotations and notes, and without files). What such a format has no place for is counted and named.

            Without a query all records are written. With one, an article brings its annotations and notes to markdown, site, epub \
            and w3c; in the other formats they are written where they fit themselves. A file appears complete or \
            not at all, and keeps the permissions of the one it replaces; a pipe or device is written directly. Where no record \
            fits, no file is made, and an earlier export is not replaced. A folder that holds an earlier export of the archive is \
            brought up to date; files in it that were changed since are kept and named. A site is written only into an empty folder \
            or over an earlier site of the archive, and markdown not into a folder that holds a site.
            """, dashesAreTerms: true)

    static let interruptionAdvice: String? =
        "no file was replaced, but what went to a folder or to standard output is incomplete; run the same command again"

    private enum Format {
        case stream(ExportFormat)
        case folder(FolderFormat)

        /// BibLaTeX has what BibTeX has, under that name too.
        static let choices = [
            "jsonl", "markdown", "site", "w3c", "ris", "csl", "biblatex", "bibtex", "csv", "epub",
        ]

        init(_ word: String) {
            if let folder = FolderFormat(rawValue: word) {
                self = .folder(folder)
            } else {
                self = .stream(word == "bibtex" ? .biblatex : ExportFormat(rawValue: word) ?? .jsonLines)
            }
        }

        var word: String {
            switch self {
            case .stream(let format): format.rawValue
            case .folder(let format): format.rawValue
            }
        }
    }

    private let format: Format
    private let isForSpreadsheets: Bool
    private let path: String?
    private let query: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        let format = Format(values.option("format") ?? ExportFormat.jsonLines.rawValue)
        self.format = format
        isForSpreadsheets = values.flag("for-spreadsheets")
        if isForSpreadsheets, format.word != ExportFormat.csv.rawValue {
            throw UsageError(
                "--for-spreadsheets is for tables",
                hint: "quipu export --format csv --for-spreadsheets -o FILE")
        }
        let words = values.arguments("QUERY").joined(separator: " ")
        if !words.isEmpty, values.flag("query") {
            throw UsageError("there are two queries", hint: "give one of them, as words or with --query")
        }
        query = values.option("query") ?? (words.isEmpty ? nil : words)
        path = values.option("output").flatMap { $0 == "-" ? nil : $0 }
        if case .folder(let folder) = format, path == nil {
            throw UsageError(
                "\(folder.rawValue) makes many files and needs a folder",
                hint: "say which: quipu export --format \(folder.rawValue) -o FOLDER")
        }
    }

    var leavesSomethingDone: Bool { path != nil }

    func run(in context: Context) throws -> ExitCode {
        if case .stream(.epub) = format, path == nil, context.terminal.outputIsTerminal {
            throw UsageError(
                "a book is no text for a terminal", hint: "say where: quipu export --format epub -o FILE.epub"
            )
        }
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
        case (.stream(let format), let path?) where !OutputPath.isStandardOutput(path):
            let file = try OutputPath(path)
            report = try archive.export(
                as: format, matching: query, forSpreadsheets: isForSpreadsheets, progress: show
            ) { try file.write($0) }
            if report.records == 0, OutputPath.isFile(withContent: path) {
                throw QuipuError(
                    .nothingToExport, "no record fits, and there is a file \(TerminalSanitizer.line(path))",
                    hint: "the file is as it was; correct the query, or remove the file")
            }
            // An empty file is none that an import takes.
            if report.records > 0 || OutputPath.isSpecial(path) { try file.finish() }
        case (.stream(let format), _):
            report = try archive.export(
                as: format, matching: query, forSpreadsheets: isForSpreadsheets, progress: show
            ) { context.output.standard.write(bytes: $0) }
        case (.folder(let format), let path):
            (report, folder) = try archive.export(
                to: path ?? ".", as: format, matching: query, progress: show)
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
        if report.records == 0 {
            context.output.warn(
                query == nil
                    ? "the archive has no record: nothing was exported"
                    : "no record fits the query: nothing was exported")
        }
        if let path, !OutputPath.isStandardOutput(path) {
            context.output.json([
                "format": JSONText(format.word), "records": JSONText(report.records), "path": JSONText(path),
                "omittedRecords": Self.object(report.omittedRecords),
                "omittedFields": Self.object(report.omittedFields),
                "removed": JSONText(folder?.removedFiles ?? 0),
                "changed": JSONText(folder?.changedFiles ?? []),
                "setAside": JSONText(folder?.setAsideFiles ?? []),
                "others": JSONText(folder?.otherFileCount ?? 0),
            ])
            if report.records > 0 {
                context.output.remark(
                    "\(counted(report.records, "record")) written to \(TerminalSanitizer.line(path))")
            }
            if let folder { say(folder, in: path, to: context.output) }
        }
        sayWhatIsOmitted(report, to: context.output)
        return report.missingTexts == 0 ? .done : .failed
    }

    private static let mostNamed = 12

    private static func object(_ counts: [String: Int]) -> JSONText {
        JSONText(members: counts.sorted { $0.key < $1.key }.map { ($0.key, JSONText($0.value)) })
    }

    private func sayWhatIsOmitted(_ report: ExportReport, to output: Output) {
        func list(_ counts: [String: Int], _ say: (String, Int) -> String) -> [String] {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                say(TerminalSanitizer.line($0.key), $0.value)
            }
        }
        let records = list(report.omittedRecords) { counted($1, $0) }
        // Names that the archive keeps for itself are told in words.
        let omitted = report.omittedFields.map { (FieldTitle.of($0.key), $0.value) }
        let fields = list(Dictionary(omitted, uniquingKeysWith: +)) { "\($0) (\($1))" }
        if !records.isEmpty {
            output.advise("\(format.word) has no place for \(records.joined(separator: ", "))")
        }
        if !fields.isEmpty {
            let more =
                fields.count > Self.mostNamed
                ? ", and \(counted(fields.count - Self.mostNamed, "other"))" : ""
            output.advise(
                "\(format.word) has no place for these fields, or not for all of their values: "
                    + fields.prefix(Self.mostNamed).joined(separator: ", ") + more)
        }
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
