internal import Quipu

struct LogCommand: Command {
    static let defaultLimit = 50

    static let declaration = CommandDeclaration(
        "log", abstract: "list what was done, newest first",
        options: [
            .option(
                "limit", short: "n", value: "N", "at most N; 0 for all (default \(defaultLimit))"),
            .option("since", value: "DATE|last-sync", "only what was written since, or is not synced yet"),
            .option("by", value: "NAME", "only what one author did"),
            .option("record", value: "ID", "only what changed a record", takes: .record),
            .option("author", value: "NAME", "the same as --by"),
            .flag("merged", "only merges of texts that people wrote"),
        ],
        example: "quipu log --limit 10",
        discussion:
            """
            Each line is one entry: what one command did, here or on a mirror, with its time, who gave it, the entry's \
            name and what it was. An import of many articles is one entry. 'quipu undo ENTRY' takes an entry back.
            --since takes a day as in 2026-03-04, local as the times that are shown (with --utc a day of UTC), or last-sync for \
            what came into the log since the last sync. With --json an entry names its transactions.
            --merged lists texts that Quipu merged from two versions that people wrote, in collections \
            with merge=automatic: no person may have written such a text as it stands, so read it. 'quipu diff' shows \
            what changed, 'quipu undo' and 'quipu revert' take it back.
            """
    )

    private enum Since {
        /// Counted from 1970-01-01.
        case day(Int64)
        case lastSync
    }

    let limit: Int
    let isMergedOnly: Bool
    private let since: Since?
    private let author: String?
    private let record: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        limit = try values.integer("limit") ?? Self.defaultLimit
        isMergedOnly = values.flag("merged")
        try values.requireAtMostOne(of: ["by", "author"])
        author = (values.option("by") ?? values.option("author"))?.inNormalFormC
        record = values.option("record")
        switch values.option("since") {
        case nil: since = nil
        case "last-sync": since = .lastSync
        case let text?:
            guard let day = CalendarDay.day(of: text) else {
                throw UsageError(
                    "--since is neither a day nor last-sync: '\(text)'",
                    hint: "give a day as in --since 2026-03-04, or --since last-sync")
            }
            since = .day(day)
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        var listing = LogListing(output: output)
        let start: Int64? = if case .day(let day) = since { output.clock.start(ofDay: day) } else { nil }
        var authors = AuthorNames()
        try context.archive(naming: record.map { [$0] } ?? []).read { snapshot in
            var synced: Change.Position?
            if case .lastSync = since { synced = try snapshot.positionOfLastSync() ?? .beginning }
            if let record {
                try snapshot.visitEntries(changing: try snapshot.find(record).id) {
                    try visit($0, from: start, synced: synced, in: snapshot, &listing, &authors)
                }
            } else {
                try snapshot.visitEntries {
                    try visit($0, from: start, synced: synced, in: snapshot, &listing, &authors)
                }
            }
        }
        listing.flush()
        if listing.count == 0 {
            if let author, let names = authors.text, !authors.has(author) {
                output.remark("no author '\(TerminalSanitizer.line(author))'; there are: \(names)")
            } else {
                output.remark(nothing)
            }
        }
        return .done
    }

    /// - Parameters:
    ///   - start: when the first day begins that is wanted, in Unix milliseconds.
    ///   - synced: where the log ended at the last sync, if only what came later is wanted.
    /// - Returns: false to stop.
    private func visit(
        _ entry: LogEntry, from start: Int64?, synced: Change.Position?, in snapshot: borrowing Snapshot,
        _ listing: inout LogListing, _ authors: inout AuthorNames
    ) throws -> Bool {
        if let synced, entry.position <= synced { return false }
        if author != nil, listing.count == 0 { authors.note(entry.author) }
        guard try isWanted(entry, from: start, in: snapshot) else { return true }
        if limit > 0 && listing.count == limit {
            listing.output.advise("there is more: quipu log --limit 0")
            return false
        }
        try listing.add(entry, in: snapshot)
        return !listing.output.isReaderGone
    }

    private func isWanted(
        _ entry: LogEntry, from start: Int64?, in snapshot: borrowing Snapshot
    ) throws -> Bool {
        if let start, entry.timeMilliseconds < start { return false }
        if let author, entry.author.lowercased() != author.lowercased() { return false }
        guard isMergedOnly else { return true }
        // A merge is no command's.
        return try entry.words == nil
            && snapshot.transactions(of: entry).contains { !$0.mergedFields.isEmpty }
    }

    private var nothing: String {
        if isMergedOnly { return "no text was merged" }
        if since != nil || author != nil || record != nil { return "no entry of the log is like that" }
        return "nothing was done yet; quipu import FILE"
    }
}

/// Who wrote the entries that were looked at, for somebody who typed a name that none of them has.
private struct AuthorNames {
    private static let mostNamed = 20

    private var names: [String] = []

    mutating func note(_ name: String) {
        if names.count <= Self.mostNamed, !names.contains(name) { names.append(name) }
    }

    /// Letters count without regard to case.
    func has(_ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }

    /// Nil where there is nobody.
    var text: String? {
        names.isEmpty
            ? nil
            : names.prefix(Self.mostNamed).map { TerminalSanitizer.line($0) }.joined(separator: ", ")
                + (names.count > Self.mostNamed ? ", …" : "")
    }
}

/// Prints entries, in tables of a screenful.
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
    private(set) var count = 0

    init(output: Output) { self.output = output }

    mutating func add(_ entry: LogEntry, in snapshot: borrowing Snapshot) throws {
        count += 1
        if output.isJSON {
            let json = try entry.json(in: snapshot)
            return output.json(json)
        }
        table.add([
            .init(entry.shortTime(in: output.clock)),
            .init(entry.author + (entry.isByProgram ? " (by program)" : "")), .init(entry.version.short),
            .init(try entry.summary(in: snapshot)),
        ])
        rows += 1
        if rows == Self.batch { flush() }
    }

    mutating func flush() {
        output.table(table)
        (table, rows) = (TextTable(Self.columns), 0)
    }
}
