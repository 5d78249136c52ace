internal import Quipu

struct SearchCommand: Command {
    static let declaration = CommandDeclaration(
        "search", abstract: "find records by words and filters, or save a search",
        arguments: [ListingOptions.argument(minimum: 0)],
        options: ListingOptions.declarations + [
            .option("save", value: "NAME", "keep the query as a collection of that name, which syncs")
        ],
        example: "quipu search harbour '\"forty workers\"' strik* -tag:draft",
        discussion: """
            Titles, texts, authors, remarks and tags are searched, and the best is listed first. Letters match with and \
            without accents. A saved search is looked into with in:NAME or --collection NAME. What a query may contain is \
            told by 'quipu help queries'.
            """,
        synonyms: ["find", "grep"], dashesAreTerms: true, makesEdits: true)

    static let interruptionAdvice: String? = "nothing is lost; the next search completes the index"

    let options: ListingOptions
    private let name: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        if values.arguments("QUERY").isEmpty, !values.flag("query") {
            throw UsageError(
                "'quipu search' needs QUERY", hint: "give words: quipu search strike; all: quipu list")
        }
        options = try ListingOptions(values)
        name = values.option("save")
        if name != nil {
            try values.requireNone(
                of: ["kind", "collection", "tag", "deleted", "sort", "reverse", "limit", "count"],
                with: "save")
        } else if values.option("as") != nil {
            throw UsageError(
                "a search makes no edits, so --as has no effect there",
                hint: "--as says who makes an edit; with --save NAME it has an effect")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        if let name { return try save(as: name, in: context) }
        let archive = try context.archiveToSearch()
        try context.updateSearchIndex(of: archive)
        let output = context.output
        if options.listing.isBlank {
            output.remark("nothing found")
            output.advise("there is no word in the query; write for example: quipu search strike")
            return .done
        }
        try ListingReport(options: options, output: output).print(from: archive)
        return .done
    }

    private func save(as name: String, in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let mistakes = try archive.read { snapshot in
            try snapshot.recordIDs(matching: options.listing.query).notes.filter(\.isMistake)
        }
        guard mistakes.isEmpty else {
            throw QuipuError(
                .badQuery, mistakes.map(\.message).joined(separator: "; "),
                hint: "correct the query; nothing was saved")
        }
        let (id, isNew) = try archive.write { t in
            try t.saveSearch(options.listing.query, as: name)
        }
        let output = context.output
        output.json(["id": JSONText(id.uuid), "handle": JSONText(id.handle), "created": JSONText(isNew)])
        output.line(
            output.isQuiet
                ? id.uuid
                : "\(isNew ? "saved" : "changed") the search “\(TerminalSanitizer.line(name))”: quipu list 'in:\(Self.quoted(name))'"
        )
        return .done
    }

    private static func quoted(_ name: String) -> String {
        let text = TerminalSanitizer.line(name)
        return text.contains(where: \.isWhitespace) ? "\"\(text)\"" : text
    }
}
