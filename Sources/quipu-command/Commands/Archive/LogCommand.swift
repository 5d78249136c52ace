internal import Quipu

struct LogCommand: Command {
    static let defaultLimit = 50

    static let declaration = CommandDeclaration(
        "log", abstract: "list the transactions of the archive, newest first",
        options: [
            .option(
                "limit", short: "n", value: "N", "at most N; 0 for all (default \(defaultLimit))"),
            .option("author", value: "NAME", "only transactions of this author"),
            .flag("merged", "only merges of texts that people wrote"),
        ],
        example: "quipu log --limit 10",
        discussion:
            """
            Each line is one transaction: what one command changed, here or on a mirror.
            --merged lists texts that Quipu merged from two versions that people wrote, in collections \
            with merge=automatic: no person may have written such a text as it stands, so read it. 'quipu diff' shows \
            what changed, 'quipu revert' undoes it.
            """
    )

    let limit: Int
    let isMergedOnly: Bool
    let author: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        limit = try values.integer("limit") ?? Self.defaultLimit
        isMergedOnly = values.flag("merged")
        author = values.option("author")?.inNormalFormC
    }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        var listing = LogListing(output: output)
        var count = 0
        var isCut = false
        try context.archive(.readOnly).read { snapshot in
            try snapshot.forEachLogEntry { entry in
                if isMergedOnly, entry.mergedFields.isEmpty { return true }
                if let author, entry.author != author { return true }
                isCut = limit > 0 && count == limit
                if isCut { return false }
                count += 1
                try listing.add(entry, in: snapshot)
                return !output.isReaderGone
            }
        }
        listing.flush()
        if isCut { output.advise("there is more: quipu log --limit 0") }
        if count == 0 {
            output.remark(
                author != nil
                    ? "no transaction of that author; quipu status --who lists authors"
                    : isMergedOnly ? "no text was merged" : "nothing was done yet; quipu import FILE")
        }
        return .done
    }
}

/// Prints transactions, in tables of a screenful.
private struct LogListing {
    private static let batch = 50
    private static let columns: [TextTable.Column] = [
        .init(title: "", styles: [.dim]), .init(title: "", canShrink: true),
        .init(title: "", styles: [.cyan]),
        .init(title: "", canShrink: true),
    ]

    let output: Output
    private var table = TextTable(columns)
    private var rows = 0

    init(output: Output) { self.output = output }

    mutating func add(_ entry: HistoryEntry, in snapshot: borrowing Snapshot) throws {
        let records = entry.recordChanges
        output.json(JSONText(members: entry.members + [("records", JSONText(records.map(\.json)))]))
        if output.isJSON { return }
        table.add([
            .init(entry.shortTime(in: output.clock)),
            .init(entry.author + (entry.isByProgram ? " (by program)" : "")), .init(entry.version.short),
            .init(try summary(of: records, in: entry, snapshot)),
        ])
        rows += 1
        if rows == Self.batch { flush() }
    }

    mutating func flush() {
        output.table(table)
        (table, rows) = (TextTable(Self.columns), 0)
    }

    private func summary(
        of records: [RecordFields], in entry: HistoryEntry, _ snapshot: borrowing Snapshot
    ) throws -> String {
        guard let only = records.first, records.count == 1 else {
            return RecordText.counts(records.map(\.id.kind)) ?? "a note on a clock"
        }
        // A record that was edited often is named as often, so its versions are not looked at.
        let name = RecordText.title(
            only.id, caption: try snapshot.caption(of: only.id))
        let fields = try only.fields.map { try entry.title(of: $0, in: snapshot) }.joined(separator: ", ")
        return "\(name): \(fields)"
    }
}
