internal import QuipuCausality
internal import QuipuStorage

struct LogCommand: Command {
    static let defaultLimit = 50

    static let declaration = CommandDeclaration(
        "log", abstract: "list what was done in the archive, newest first",
        options: [
            .option(
                "limit", short: "n", value: "N", "at most so many; 0 for all (\(defaultLimit) if not given)"),
            .flag("merged", "only what merged texts that people had written"),
        ],
        example: "quipu log --limit 10",
        discussion:
            """
            Each line is one transaction: what one command changed, here or on a mirror. Times are UTC.
            --merged lists the texts that the program made of two that people had written, in collections \
            with merge=automatic: nobody may have written all of such a text, so read it. 'quipu diff' shows \
            what became of each, 'quipu revert' takes it back.
            """
    )

    let limit: Int
    let isMergedOnly: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        limit = try values.integer("limit") ?? Self.defaultLimit
        isMergedOnly = values.flag("merged")
    }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let output = context.output
        var listing = LogListing(output: output, store: store)
        var count = 0
        try store.reading {
            try store.log.forEachEntry { entry in
                if isMergedOnly, entry.mergedFields.isEmpty { return true }
                if limit > 0 && count == limit {
                    output.advise("there is more: quipu log --limit 0")
                    return false
                }
                count += 1
                try listing.add(entry)
                return !output.isReaderGone
            }
        }
        listing.flush()
        if count == 0 {
            output.remark(isMergedOnly ? "no text was merged" : "nothing was done yet; quipu import FILE")
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
    let store: Store
    private var table = TextTable(columns)
    private var rows = 0

    init(output: Output, store: Store) {
        self.output = output
        self.store = store
    }

    mutating func add(_ entry: HistoryEntry) throws {
        let records = entry.recordChanges
        output.json(JSONText(members: entry.members + [("records", JSONText(records.map(\.json)))]))
        if output.isJSON { return }
        table.add([
            .init(entry.shortTime),
            .init(entry.author + (entry.isByProgram ? " (by program)" : "")), .init(entry.version.shortText),
            .init(try summary(of: records, in: entry)),
        ])
        rows += 1
        if rows == Self.batch { flush() }
    }

    mutating func flush() {
        output.table(table)
        (table, rows) = (TextTable(Self.columns), 0)
    }

    private func summary(of records: [RecordFields], in entry: HistoryEntry) throws -> String {
        guard let only = records.first, records.count == 1 else {
            var counts: [(kind: String, count: Int)] = []
            for record in records {
                if let place = counts.firstIndex(where: { $0.kind == record.kind }) {
                    counts[place].count += 1
                } else {
                    counts.append((record.kind, 1))
                }
            }
            return RecordText.list(counts.map { RecordText.count($0.count, $0.kind) }) ?? "a note on a clock"
        }
        // A record that was edited often is named as often, so its versions are not looked at.
        let name = RecordText.title(
            only.id, kind: only.kind, caption: try store.records.caption(of: only.id, kind: only.kind))
        let fields = try only.fields.map { try entry.title(of: $0, in: store) }.joined(separator: ", ")
        return "\(name): \(fields)"
    }
}
