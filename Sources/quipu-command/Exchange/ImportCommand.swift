internal import Quipu

struct ImportCommand: Command {
    static let declaration = CommandDeclaration(
        "import", abstract: "import articles and what belongs to them, from files or the web",
        arguments: [
            .repeated(
                "PATH|URL",
                "files, folders, an http or https address, zotero:[COLLECTION], or - for standard input",
                takes: .file)
        ],
        options: [
            .option(
                "format", value: "F", "by default detected from the content",
                choices: ImportFormat.readable.map(\.rawValue)),
            .option(
                "collection", value: "NAME",
                "put the articles into this collection, made if it does not exist",
                takes: .collection),
            .option(
                "map", value: "NAME=FIELD", "of a table: the field that a column is, as in published=date",
                repeated: true),
            .flag("keep-originals", "keep each page, book or PDF as an attachment of its article"),
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
            the others are reported. What cannot be read, an item or a whole file, is reported with its place, the rest \
            is imported, and the exit code is 1. It is 0 where all came, also where something was converted or repaired and \
            reported.

            Notes, annotations and files come with the articles that they belong to. An annotation is found by the words that it \
            quotes. A collection inside another is called by both names, 'Floods / 2020'. Files are looked for beside the \
            source and below, nowhere else. Of a folder all files are read whose format is recognised, JSON of articles \
            among them; plain text and all other files are passed over and counted.

            Files of other programs are read in a process of their own, which reaches neither the network nor other files. \
            A file that makes it crash, hang or grow costs that file, or of a web archive, mailbox or feed the one \
            record. An address is fetched once; a page that it redirects \
            to is not fetched from this machine or its networks.

            zotero: imports the library of the Zotero that runs on this machine, the first time all of it, then what has \
            changed; zotero:Floods/2020 one collection. All of it is read again with --restore or --again, with another \
            --collection, and after an undo or a restore.

            'quipu help formats' lists the formats, and the names under which a field is recognised.
            """, makesEdits: true)

    static let interruptionAdvice: String? =
        "what was imported so far is kept; go on with the same command"

    private let paths: [String]
    private let format: String?
    private let reading: ReadingOptions
    private let collection: String?
    private let isDryRun: Bool
    private let takesOldStates: Bool
    private let restoresDeleted: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        paths = values.arguments("PATH|URL")
        format = values.option("format")
        collection = values.option("collection")
        isDryRun = values.flag("dry-run")
        takesOldStates = values.flag("again")
        restoresDeleted = values.flag("restore")
        var reading = ReadingOptions()
        reading.keepsOriginals = values.flag("keep-originals")
        for map in values.options("map") {
            let parts = map.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw UsageError("--map \(map) says no field", hint: "as in: --map published=date")
            }
            if let other = reading.fieldsByName[parts[0]], other != parts[1] {
                throw UsageError(
                    "--map gives \(parts[0]) two fields, \(other) and \(parts[1])",
                    hint: "a column becomes one field: --map \(map)")
            }
            reading.fieldsByName[parts[0]] = parts[1]
        }
        self.reading = reading
        if let collection, collection.allSatisfy(\.isWhitespace) {
            throw UsageError("a collection needs a name", hint: "quipu import \(paths[0]) --collection Press")
        }
        if paths[0].hasPrefix(Self.zotero) {
            let given = [
                ("--format", format != nil), ("--map", !reading.fieldsByName.isEmpty),
                ("--keep-originals", reading.keepsOriginals),
            ]
            if let option = given.first(where: \.1)?.0 {
                throw UsageError(
                    "\(option) has no effect on zotero:", hint: "leave it out; it is for files and pages")
            }
        }
        if paths.count > 1,
            let lone = paths.first(where: { $0 == "-" || Self.isAddress($0) || $0.hasPrefix(Self.zotero) })
        {
            throw UsageError(
                "\(lone == "-" ? "standard input" : lone) is imported by itself",
                hint: "give one command for each")
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return start.hasPrefix("http://") || start == "https://"
    }

    private static let zotero = "zotero:"

    /// The collection of Zotero that is imported, empty for the whole library; nil for other sources.
    private var zoteroCollection: String? {
        paths[0].hasPrefix(Self.zotero) ? String(paths[0].dropFirst(Self.zotero.count)) : nil
    }

    private func source() throws -> ImportSource {
        let format = format.flatMap { ImportFormat(rawValue: $0) }
        if paths == ["-"] {
            return try ImportSource(descriptor: 0, named: "standard input", as: format, reading)
        }
        return Self.isAddress(paths[0])
            ? try ImportSource(fetching: paths[0], as: format, reading)
            : try ImportSource(paths: paths, as: format, reading)
    }

    func run(in context: Context) throws -> ExitCode {
        // What keeps a file from being imported is of no use where there is nothing to import it into.
        if !isDryRun { _ = try context.archivePlace() }
        let archive = isDryRun ? nil : try context.archiveToEdit()
        guard let archive else {
            let preview = try preview(in: context)
            ImportPreviewText(
                preview, of: paths.count == 1 ? paths[0] : "\(paths.count) files", collection: collection
            ).show(in: context.output)
            return preview.report.isComplete ? .done : .failed
        }
        let missingTexts = try archive.read { try $0.missingTexts().count }
        let progress = context.output.progressLine()
        let report: ImportReport
        do {
            defer { progress.clear() }
            func show(_ done: WorkProgress) {
                progress.show(
                    "\(done.items) read", .items(done.items, "articles", fraction: done.fraction))
            }
            if let zoteroCollection {
                report = try archive.importZotero(
                    collection: zoteroCollection.isEmpty ? nil : zoteroCollection, again: takesOldStates,
                    options,
                    reading, progress: show)
            } else {
                report = try archive.importItems(of: source(), options, progress: show)
            }
        }
        ImportReportText(report, collection: collection).show(in: context.output)
        if missingTexts > 0 {
            context.output.warn(
                "\(countedAre(missingTexts, "text")) not here yet: items were not compared with \(missingTexts == 1 ? "it" : "them"), "
                    + "only by ids, addresses and the texts that are here; quipu sync, then import again")
        }
        return report.isComplete ? .done : .failed
    }

    private var options: ImportOptions {
        var options = ImportOptions()
        options.collection = collection
        options.takesOldStates = takesOldStates
        options.restoresDeleted = restoresDeleted
        return options
    }

    /// What would become of the source; where there is no archive that it could go into, only what it is.
    private func preview(in context: Context) throws -> ImportPreview {
        let archive: Archive
        do {
            _ = try context.archivePlace()
            archive = try context.archive(.readWrite, author: context.author())
        } catch let error as QuipuError
            where [.noArchive, .readOnly, .diskFull, .unsuitablePlace].contains(error.code)
        {
            return try source().preview()
        }
        if let zoteroCollection {
            return try archive.previewZotero(
                collection: zoteroCollection.isEmpty ? nil : zoteroCollection, again: takesOldStates, options,
                reading)
        }
        return try archive.preview(source(), options)
    }
}
