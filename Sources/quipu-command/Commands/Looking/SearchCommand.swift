internal import Quipu

struct SearchCommand: Command {
    static let defaultLimit = 50

    static let declaration = CommandDeclaration(
        "search", abstract: "find records by their words",
        arguments: [.repeated("QUERY", "words that must all occur; \"some words\" in that order; begin*")],
        options: [.option("limit", short: "n", value: "N", "at most N (default \(defaultLimit))")],
        example: "quipu search harbour '\"forty workers\"' strik*",
        discussion:
            "Titles, texts, authors, remarks and tags are searched. Letters match with and without accents.",
        synonyms: ["find", "grep"])

    static let interruptionAdvice: String? = "nothing is lost; the next search completes the index"

    let query: String
    let limit: Int

    init(_ values: ParsedArguments) throws(UsageError) {
        query = values.arguments("QUERY").joined(separator: " ")
        limit = try values.integer("limit", in: 1...100_000) ?? Self.defaultLimit
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try openArchive(context)
        try context.updateSearchIndex(of: archive)
        let (hits, isIndexFresh) = try archive.search(query, limit: limit)
        let output = context.output
        if !isIndexFresh {
            output.warn("the archive cannot be written now, so new records may not be found")
        }
        try SearchListing(output: output, archive: archive).print(hits)
        if hits.isEmpty { output.remark("nothing found") }
        if !query.contains(where: { $0.isLetter || $0.isNumber }) {
            output.advise("there is no word in the query; write for example: quipu search strike")
        }
        if hits.count == limit { output.advise("there may be more: quipu search … --limit \(limit * 10)") }
        return .done
    }

    /// A search brings the index up to date first, where the archive can be written.
    private func openArchive(_ context: Context) throws -> Archive {
        do {
            return try context.archive(.readWrite)
        } catch let error as QuipuError
            where [.readOnly, .busy, .diskFull, .unsuitablePlace].contains(error.code)
        {
            return try context.archive(.readOnly)
        }
    }
}

private struct SearchListing {
    let output: Output
    let archive: Archive

    func print(_ hits: [SearchHit]) throws {
        if output.isJSON {
            let collections = CollectionTitles()
            try archive.read { snapshot in
                for hit in hits {
                    let names = try collections.titles(for: hit.record, in: snapshot)
                    let members = JSONText.members(of: hit.record, collections: names)
                    output.json(JSONText(members: members + [("snippet", JSONText(hit.passage))]))
                }
            }
        } else if output.terminal.outputIsTerminal {
            for hit in hits { printForPeople(hit) }
        } else {
            printTable(hits)
        }
    }

    private func printForPeople(_ hit: SearchHit) {
        let style = output.style
        let state = RecordListing.state(of: hit.record)
        output.line(
            style(hit.record.id.handle, .cyan) + "  "
                + DisplayWidth.cut(
                    TerminalSanitizer.line("\(hit.record.kind)  \(hit.record.caption ?? "")"),
                    to: output.terminal.width - 22)
                + (state.isEmpty ? "" : "  " + style(state, .yellow)))
        let snippet = TerminalSanitizer.line(hit.passage)
        guard !snippet.isEmpty else { return }
        // The index marks matches with brackets; on a plain terminal they stay.
        let lines = HelpLayout.fold("          " + snippet, indent: 10, width: output.terminal.width)
        for line in lines { output.line(style.isOn ? marked(line) : line) }
    }

    private func marked(_ line: String) -> String {
        var out = ""
        var rest = line[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            out += rest[..<open] + output.style(String(rest[rest.index(after: open)..<close]), .bold, .yellow)
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    private func printTable(_ hits: [SearchHit]) {
        guard !hits.isEmpty else { return }
        var table = TextTable([
            .init(title: "HANDLE"), .init(title: "KIND"), .init(title: "TITLE"), .init(title: "MATCH"),
        ])
        for hit in hits {
            table.add([
                .init(hit.record.id.handle), .init(hit.record.kind.rawValue), .init(hit.record.caption ?? ""),
                .init(hit.passage),
            ])
        }
        output.table(table)
    }
}
