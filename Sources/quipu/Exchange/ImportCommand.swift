internal import Causality
internal import Interchange
internal import Storage

struct ImportCommand: Command {
    static let declaration = CommandDeclaration(
        "import", abstract: "bring in articles from a file, a folder or standard input",
        arguments: [.positional("PATH", "a file, a folder of Markdown, or - for standard input")],
        options: [
            .option(
                "format", value: "F", "by default told from the content",
                choices: SourceFormat.allCases.map(\.rawValue)),
            .option("collection", value: "NAME", "put the articles into this collection, made if need be"),
        ],
        example: "quipu import articles.jsonl --collection Press",
        discussion: """
            The same file again changes nothing. A correction made by hand stays; where the source has changed
            since, its new value is shown beside it. What cannot be read is reported with its place, the rest
            is imported, and the exit code is 1.
            """)

    private let path: String
    private let format: String?
    private let collection: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        path = values.argument("PATH")
        format = values.option("format")
        collection = values.option("collection")
        if let collection, collection.allSatisfy(\.isWhitespace) {
            throw UsageError("a collection needs a name", hint: "quipu import \(path) --collection Press")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let store = try context.openStore(.readWrite)
        let format = try self.format.map { (name) throws(InterchangeError) in try SourceFormat(named: name) }
        let source: any SourceReader =
            path == "-"
            ? try openSource(ByteSource(descriptor: 0, name: "standard input"), as: format)
            : try openSource(at: path, as: format)
        let progress = context.output.progressLine()
        let report: ImportReport
        do {
            defer { progress.clear() }
            report = try Importer(into: store, author: author, collectionName: collection).run(source) {
                report in
                progress.show("\(report.read) read…")
            }
        }
        present(report, in: context.output)
        return report.rejectedCount == 0 ? .done : .failed
    }

    private func present(_ report: ImportReport, in output: Output) {
        output.json([
            "read": JSONText(report.read), "created": JSONText(report.created),
            "updated": JSONText(report.updated),
            "unchanged": JSONText(report.unchanged), "repeated": JSONText(report.repeated),
            "rejected": JSONText(report.rejectedCount),
            "stayedDeleted": JSONText(report.stayedDeleted), "collection": JSONText(collection),
            "rejections": JSONText(
                report.rejected.map { refusal in
                    [
                        "file": JSONText(refusal.place.file), "line": JSONText(refusal.place.line),
                        "reason": JSONText(refusal.reason),
                    ]
                }),
        ])
        var parts = [
            "\(report.read) read", "\(report.created) created", "\(report.updated) updated",
            "\(report.unchanged) unchanged",
        ]
        if report.repeated > 0 { parts.append("\(report.repeated) repeated") }
        if report.stayedDeleted > 0 { parts.append("\(report.stayedDeleted) stayed deleted") }
        if report.rejectedCount > 0 { parts.append("\(report.rejectedCount) rejected") }
        output.remark(parts.joined(separator: ", "))
        if output.isJSON { return }
        for refusal in report.rejected { output.warn("\(refusal.place): \(refusal.reason)") }
        let unsaid = report.rejectedCount - report.rejected.count
        if unsaid > 0 { output.warn("and \(unsaid) more") }
    }
}
