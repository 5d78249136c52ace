internal import Quipu

struct DuplicatesCommand: Command {
    static let defaultLimit = 20

    static let declaration = CommandDeclaration(
        "duplicates", abstract: "list articles that are likely the same, or one that is likely two",
        options: [
            .option(
                "limit", short: "n", value: "N",
                "at most N groups; 0 for all (\(defaultLimit) if not given, all with --json)"),
            .option("skip", value: "N", "leave out the first N groups"),
        ],
        example: "quipu duplicates --limit 5",
        discussion: """
            Articles are compared by their DOIs, texts of 200 characters or more, web addresses, titles with dates, and titles \
            with authors, however they are written. What differs is named for each group. A single record is listed if an \
            import gave it two items of one source, or two DOIs: it may be two articles.

            Nothing is changed. To make records one: quipu merge KEEP OTHER. To take one apart: quipu split ID. The exit code is 0 \
            whatever is found.
            """)

    /// Nil where nobody said.
    let limit: Int?
    let skip: Int

    init(_ values: ParsedArguments) throws(UsageError) {
        limit = try values.integer("limit")
        skip = try values.integer("skip") ?? 0
    }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        let most = limit ?? (output.isJSON ? 0 : Self.defaultLimit)
        let page = try context.archiveToSearch().read {
            try $0.duplicates(offset: skip, limit: most == 0 ? nil : most)
        }
        if !page.isComplete {
            output.warn("the archive cannot be written now, so new records are compared by titles only")
        }
        for (number, group) in page.groups.enumerated() {
            if output.isReaderGone { return .done }
            output.json(group.json)
            if output.isJSON { continue }
            if number > 0 { output.line() }
            print(group, to: output)
        }
        if page.total == 0 { output.remark("nothing looks like a duplicate") }
        let shown = skip + page.groups.count
        if shown < page.total {
            output.advise(
                "there are more, \(counted(page.total, "group")) in all: quipu duplicates --skip \(shown)")
        }
        return .done
    }

    private func print(_ group: LikelyDuplicates, to output: Output) {
        let reasons = RecordText.list(group.reasons.map(\.text)) ?? ""
        for line in TextWrap(columns: output.textWidth).lines(reasons) {
            output.line(output.style(line, .bold))
        }
        let columns = max(20, (output.textWidth ?? 200) - 24)
        for record in group.records {
            let date =
                record.fields.string("date").map { String(TerminalSanitizer.line($0).prefix(10)) } ?? ""
            let caption = DisplayWidth.cut(TerminalSanitizer.line(record.caption ?? ""), to: columns)
            let gap = String(repeating: " ", count: max(0, 10 - DisplayWidth.of(date)))
            output.line("  \(output.style(record.id.handle, .cyan))  \(date)\(gap)  \(caption)")
        }
        if group.count > group.records.count {
            output.line("  and \(group.count - group.records.count) more")
        }
        if group.records.count > 1 {
            let fields = group.differing.map { TerminalSanitizer.line(FieldTitle.of($0)) }
            let text =
                fields.isEmpty
                ? "all fields are equal" : "they differ in \(RecordText.list(Array(fields.prefix(12))) ?? "")"
            for line in TextWrap(columns: output.textWidth.map { max(20, $0 - 2) }).lines(text) {
                output.line("  " + output.style(line, .dim))
            }
        }
        let handles = group.records.map(\.id.handle)
        output.remark(
            handles.count == 1
                ? "  to take it apart: quipu split \(handles[0])"
                : "  to make them one: quipu merge \(handles.prefix(3).joined(separator: " "))"
                    + (handles.count > 3 ? " …" : ""))
    }
}

extension LikelyDuplicates {
    fileprivate var json: JSONText {
        JSONText(members: [
            ("reasons", JSONText(reasons.map(\.rawValue))),
            ("count", JSONText(count)),
            ("differing", JSONText(differing)),
            (
                "records",
                JSONText(
                    records.map { record in
                        JSONText(members: [
                            ("id", JSONText(record.id.uuid)), ("handle", JSONText(record.id.handle)),
                            ("kind", JSONText(record.kind.rawValue)), ("caption", JSONText(record.caption)),
                        ])
                    })
            ),
        ])
    }
}

extension LikelyDuplicates.Reason {
    fileprivate var text: String {
        switch self {
        case .twoArticles: "two articles in one record"
        case .sameDOI: "the same DOI"
        case .sameText: "the same text"
        case .sameURL: "the same web address"
        case .sameTitleAndDate: "the same title and date"
        case .sameAuthorAndTitle: "the same author and title"
        }
    }
}
