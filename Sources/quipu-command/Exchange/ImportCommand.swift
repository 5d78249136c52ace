internal import QuipuCausality
internal import QuipuInterchange
internal import QuipuStorage

struct ImportCommand: Command {
    static let declaration = CommandDeclaration(
        "import", abstract: "bring in articles from a file, a folder or standard input",
        arguments: [.positional("PATH", "a file, a folder of Markdown, or - for standard input")],
        options: [
            .option(
                "format", value: "F", "by default told from the content",
                choices: SourceFormat.allCases.map(\.rawValue)),
            .option("collection", value: "NAME", "put the articles into this collection, made if need be"),
            .flag("dry-run", "show what it is and what would be taken in, and write nothing"),
            .flag("again", "take a file that was read before as news, though a newer one was read since"),
        ],
        example: "quipu import articles.jsonl --collection Press",
        discussion: """
            The same file again changes nothing. An article is known again by the id that its producer gave it (ids in \
            plain files count within their collection; outside of one the number of a row only where its title, text or \
            address agrees), else by its DOI, its address, or its text; a weaker one counts only where no stronger one \
            differs. A correction made by hand stays; where the source has changed since, its \
            new value is shown beside it. Of several items of one article in a file the first counts; what differs in \
            the others is named. What cannot be read is reported with its place, the rest \
            is imported, and the exit code is 1.

            'quipu help formats' tells what can be read, and under which names a field is looked for.
            """, makesEdits: true)

    private let path: String
    private let format: String?
    private let collection: String?
    private let isDryRun: Bool
    private let takesOldStates: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        path = values.argument("PATH")
        format = values.option("format")
        collection = values.option("collection")
        isDryRun = values.flag("dry-run")
        takesOldStates = values.flag("again")
        if let collection, collection.allSatisfy(\.isWhitespace) {
            throw UsageError("a collection needs a name", hint: "quipu import \(path) --collection Press")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let format = try self.format.map { (name) throws(InterchangeError) in try SourceFormat(named: name) }
        // What keeps a file from being imported is of no use where there is nothing to import it into.
        let store = isDryRun ? nil : try context.openStore(.readWrite)
        let source: any SourceReader =
            path == "-"
            ? try openSource(ByteSource(descriptor: 0, name: "standard input"), as: format)
            : try openSource(at: path, as: format)
        guard let store else {
            let preview = try preview(source, in: context)
            ImportPreviewText(preview, of: path, collection: collection).show(in: context.output)
            return preview.report.rejectedCount == 0 ? .done : .failed
        }
        let author = try context.author()
        let progress = context.output.progressLine()
        let report: ImportReport
        do {
            defer { progress.clear() }
            report = try Importer(
                into: store, author: author, collectionName: collection, takesOldStates: takesOldStates
            ).run(source) {
                report in
                progress.show("\(report.read) read…")
            }
        }
        present(report, in: context.output)
        return report.rejectedCount == 0 ? .done : .failed
    }

    /// What would become of the source; where there is no archive that it could go into, only what it is.
    private func preview(_ source: any SourceReader, in context: Context) throws -> ImportPreview {
        let store: Store
        do {
            store = try context.openStore(.readWrite)
        } catch let error as StorageError
            where [.noArchive, .readOnly, .diskFull, .unsuitablePlace].contains(error.code)
        {
            return try ImportPreview(source)
        }
        let author = try context.author()
        return try ImportPreview(source, into: store) {
            Importer(
                into: $0, author: author, collectionName: collection, takesOldStates: takesOldStates)
        }
    }

    private func present(_ report: ImportReport, in output: Output) {
        output.json([
            "read": JSONText(report.read), "created": JSONText(report.created),
            "updated": JSONText(report.updated),
            "unchanged": JSONText(report.unchanged), "repeated": JSONText(report.repeated),
            "rejected": JSONText(report.rejectedCount),
            "stayedDeleted": JSONText(report.stayedDeleted), "outdated": JSONText(report.outdated),
            "differing": JSONText(report.differingCount),
            "collection": JSONText(collection),
            "differences": JSONText(
                report.differing.map { difference in
                    [
                        "file": JSONText(difference.place.file), "line": JSONText(difference.place.line),
                        "id": JSONText(difference.record.text), "fields": JSONText(difference.fields),
                    ]
                }),
            "rejections": report.rejected.json, "remarks": report.remarks.json, "kept": report.kept.json,
        ])
        var parts = [
            "\(report.read) read", "\(report.created) created", "\(report.updated) updated",
            "\(report.unchanged) unchanged",
        ]
        if report.repeated > 0 { parts.append("\(report.repeated) repeated") }
        if report.stayedDeleted > 0 { parts.append("\(report.stayedDeleted) stayed deleted") }
        if report.outdated > 0 { parts.append("\(report.outdated) read before") }
        if report.differingCount > 0 { parts.append("\(report.differingCount) differing") }
        if report.rejectedCount > 0 { parts.append("\(report.rejectedCount) rejected") }
        output.remark(parts.joined(separator: ", "))
        ImportFindings(report).show(in: output)
        if output.isJSON { return }
        if report.outdated > 0 {
            let them = report.outdated == 1 ? "it is" : "they are"
            output.remark(
                "read before, and newer states since, so \(them) not news: quipu import --again takes \(report.outdated == 1 ? "it" : "them") all the same"
            )
        }
        for difference in report.differing {
            output.warn(
                "\(difference.place): differs from an earlier item for the same article, "
                    + "\(difference.record.shortHandle); not taken: \(TerminalSanitizer.line(difference.fields.joined(separator: ", ")))"
            )
        }
        let unnamed = report.differingCount - report.differing.count
        if unnamed > 0 { output.warn("and \(unnamed) more that differ") }
    }
}
