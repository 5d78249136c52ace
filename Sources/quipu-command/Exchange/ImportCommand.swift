internal import Quipu

struct ImportCommand: Command {
    static let declaration = CommandDeclaration(
        "import", abstract: "import articles from a file, a folder or standard input",
        arguments: [
            .positional("PATH", "a file, a folder of Markdown, or - for standard input", takes: .file)
        ],
        options: [
            .option(
                "format", value: "F", "by default detected from the content",
                choices: ImportFormat.allCases.map(\.rawValue)),
            .option(
                "collection", value: "NAME",
                "put the articles into this collection, made if it does not exist",
                takes: .collection),
            .flag("dry-run", "show the format and what would be imported, and write nothing"),
            .flag("restore", "restore articles of the file that were deleted, also by an undo"),
            .flag("again", "import a file that was read before as new, although a newer one was read since"),
        ],
        example: "quipu import articles.jsonl --collection Press",
        discussion: """
            Importing the same file again changes nothing. An article is recognised by the id that its producer gave it (ids in \
            plain files count within their collection; outside of one a row number counts only if its title, text or \
            address agrees), else by its DOI, its address, or its text; a weaker key counts only if no stronger one \
            differs. A correction made by hand stays; if the source has changed since, its \
            new value is shown beside it. If a file has several items for one article, the first counts; differences in \
            the others are reported. What cannot be read is reported with its place, the rest \
            is imported, and the exit code is 1.

            'quipu help formats' lists the formats, and the names under which a field is recognised.
            """, makesEdits: true)

    static let interruptionAdvice: String? =
        "what was imported so far is kept; go on with the same command"

    private let path: String
    private let format: String?
    private let collection: String?
    private let isDryRun: Bool
    private let takesOldStates: Bool
    private let restoresDeleted: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        path = values.argument("PATH")
        format = values.option("format")
        collection = values.option("collection")
        isDryRun = values.flag("dry-run")
        takesOldStates = values.flag("again")
        restoresDeleted = values.flag("restore")
        if let collection, collection.allSatisfy(\.isWhitespace) {
            throw UsageError("a collection needs a name", hint: "quipu import \(path) --collection Press")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let format = format.flatMap { ImportFormat(rawValue: $0) }
        // What keeps a file from being imported is of no use where there is nothing to import it into.
        if !isDryRun { _ = try context.archivePlace() }
        let archive = isDryRun ? nil : try context.archiveToEdit()
        let source =
            path == "-"
            ? try ImportSource(descriptor: 0, named: "standard input", as: format)
            : try ImportSource(path: path, as: format)
        guard let archive else {
            let preview = try preview(source, in: context)
            ImportPreviewText(preview, of: path, collection: collection).show(in: context.output)
            return preview.report.rejectedItems == 0 ? .done : .failed
        }
        let missingTexts = try archive.read { try $0.missingTexts().count }
        let progress = context.output.progressLine()
        let report: ImportReport
        do {
            defer { progress.clear() }
            report = try archive.importItems(of: source, options) { done in
                progress.show(
                    "\(done.items) read", .items(done.items, "articles", fraction: done.fraction))
            }
        }
        present(report, missingTexts: missingTexts, in: context.output)
        return report.rejectedItems == 0 ? .done : .failed
    }

    private var options: ImportOptions {
        var options = ImportOptions()
        options.collection = collection
        options.takesOldStates = takesOldStates
        options.restoresDeleted = restoresDeleted
        return options
    }

    /// What would become of the source; where there is no archive that it could go into, only what it is.
    private func preview(_ source: ImportSource, in context: Context) throws -> ImportPreview {
        let archive: Archive
        do {
            _ = try context.archivePlace()
            archive = try context.archive(.readWrite, author: context.author())
        } catch let error as QuipuError
            where [.noArchive, .readOnly, .diskFull, .unsuitablePlace].contains(error.code)
        {
            return try source.preview()
        }
        return try archive.preview(source, options)
    }

    private func present(_ report: ImportReport, missingTexts: Int, in output: Output) {
        output.json([
            "read": JSONText(report.readItems), "created": JSONText(report.createdRecords),
            "updated": JSONText(report.updatedRecords),
            "unchanged": JSONText(report.unchangedRecords), "repeated": JSONText(report.repeatedItems),
            "rejected": JSONText(report.rejectedItems),
            "stayedDeleted": JSONText(report.stayedDeletedItems),
            "restored": JSONText(report.restoredRecords), "outdated": JSONText(report.outdatedItems),
            "differing": JSONText(report.differingItems),
            "collection": JSONText(collection),
            "differences": JSONText(
                report.differences.map { difference in
                    [
                        "file": JSONText(difference.place.file), "line": JSONText(difference.place.line),
                        "id": JSONText(difference.record.uuid), "fields": JSONText(difference.fields),
                    ]
                }),
            "rejections": report.refusals.json, "remarks": report.remarks.json, "kept": report.keptNames.json,
        ])
        var parts = [
            "\(report.readItems) read", "\(report.createdRecords) created",
            "\(report.updatedRecords) updated",
            "\(report.unchangedRecords) unchanged",
        ]
        if report.restoredRecords > 0 { parts.append("\(report.restoredRecords) restored") }
        if report.repeatedItems > 0 { parts.append("\(report.repeatedItems) repeated") }
        if report.stayedDeletedItems > 0 { parts.append("\(report.stayedDeletedItems) stayed deleted") }
        if report.outdatedItems > 0 { parts.append("\(report.outdatedItems) read before") }
        if report.differingItems > 0 { parts.append("\(report.differingItems) differing") }
        if report.rejectedItems > 0 { parts.append("\(report.rejectedItems) rejected") }
        output.remark(parts.joined(separator: ", "))
        ImportFindings(report).show(in: output)
        if missingTexts > 0 {
            output.warn(
                "\(countedAre(missingTexts, "text")) not here yet: items were not compared with \(missingTexts == 1 ? "it" : "them"), "
                    + "only by ids, addresses and the texts that are here; quipu sync, then import again")
        }
        if output.isJSON { return }
        if report.stayedDeletedItems > 0 {
            let articles =
                report.stayedDeletedItems == 1
                ? "1 article was" : "\(report.stayedDeletedItems) articles were"
            output.advise("\(articles) deleted, or the import undone, and stayed so: quipu import --restore")
        }
        if report.outdatedItems > 0 {
            let them = report.outdatedItems == 1 ? "it is" : "they are"
            output.remark(
                "a newer state was read since, so \(them) not new: quipu import --again takes \(report.outdatedItems == 1 ? "it" : "them") all the same"
            )
        }
        for difference in report.differences {
            output.warn(
                "\(difference.place): differs from an earlier item for the same article, "
                    + "\(difference.record.handle); not taken: \(TerminalSanitizer.line(difference.fields.joined(separator: ", ")))"
            )
        }
        let unnamed = report.differingItems - report.differences.count
        if unnamed > 0 { output.warn("and \(unnamed) more that differ") }
    }
}
