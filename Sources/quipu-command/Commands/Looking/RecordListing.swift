internal import Quipu

/// Prints records as they come, in tables of a screenful.
struct RecordListing {
    private static let batch = 50

    private let output: Output
    /// There are words to search for: where they stand is shown.
    private let showsPassages: Bool
    private let collections = CollectionTitles()
    private var hits: [(hit: SearchHit, state: String)] = []
    private var isFirst = true
    private var knowsLack: Bool?
    private(set) var count = 0

    init(_ output: Output, showsPassages: Bool) {
        self.output = output
        self.showsPassages = showsPassages
    }

    mutating func add(_ hit: SearchHit, in snapshot: borrowing Snapshot) throws {
        count += 1
        if output.isJSON {
            let names = try collections.titles(for: hit.record, in: snapshot)
            var members = JSONText.members(of: hit.record, collections: names)
            let missing = try mayLackTexts(in: snapshot) ? snapshot.missingTexts(of: hit.record) : []
            members.append(("missingTexts", JSONText(missing)))
            if showsPassages { members.append(("snippet", JSONText(hit.passage))) }
            output.json(JSONText(members: members))
            return
        }
        let lacksText = try mayLackTexts(in: snapshot) && !snapshot.missingTexts(of: hit.record).isEmpty
        let isOrphaned = try snapshot.isOrphaned(hit.record)
        hits.append((hit, Self.state(of: hit.record, isOrphaned: isOrphaned, lacksText: lacksText)))
        if hits.count == Self.batch { flush() }
    }

    /// Asked once: texts are missing in few archives, and then each record is asked.
    private mutating func mayLackTexts(in snapshot: borrowing Snapshot) throws -> Bool {
        if let knowsLack { return knowsLack }
        let lacks = try snapshot.missingTexts().count > 0
        knowsLack = lacks
        return lacks
    }

    /// Draws what is held back.
    mutating func flush() {
        guard !hits.isEmpty else { return }
        let isForPeople = output.terminal.outputIsTerminal
        // A column that is empty costs width. Where there are several tables, they have the same columns for a program.
        let isAll = isFirst && hits.count < Self.batch
        func isWanted(_ column: String, _ isFilled: Bool) -> Bool {
            if column == "STATE", isForPeople { return isFilled }
            return isFilled || !isAll
        }
        let all = hits.map { ($0, cells(of: $0.hit.record)) }
        let hasStates = isWanted("STATE", hits.contains { !$0.state.isEmpty })
        let hasDates = isWanted("DATE", all.contains { !$0.1[2].text.isEmpty })
        let hasAuthors = isWanted("AUTHOR", all.contains { !$0.1[3].text.isEmpty })
        let hasMatches = showsPassages && !isForPeople
        var columns: [TextTable.Column] = [
            .init(title: title("HANDLE"), styles: [.cyan]), .init(title: title("KIND")),
        ]
        if hasDates { columns.append(.init(title: title("DATE"))) }
        if hasAuthors { columns.append(.init(title: title("AUTHOR"), canShrink: true)) }
        columns.append(.init(title: title("TITLE"), canShrink: true))
        if hasMatches { columns.append(.init(title: title("MATCH"), canShrink: true)) }
        if hasStates { columns.append(.init(title: title("STATE"))) }
        var table = TextTable(columns)
        for (row, everything) in all {
            var cells = Array(everything[..<2])
            if hasDates { cells.append(everything[2]) }
            if hasAuthors { cells.append(everything[3]) }
            cells.append(everything[4])
            if hasMatches { cells.append(.init(row.hit.passage)) }
            if hasStates { cells.append(.init(row.state, .yellow)) }
            table.add(cells)
        }
        if showsPassages, isForPeople {
            printWithPassages(table)
        } else {
            output.table(table)
        }
        (hits, isFirst) = ([], false)
    }

    private func title(_ text: String) -> String { isFirst ? text : "" }

    private func cells(of record: Record) -> [TextTable.Cell] {
        let authors = record.fields.authors
        let others = authors.count - 1
        let author = (authors.first ?? "") + (others > 0 ? " +\(others)" : "")
        // A listing has no room for the time of a day.
        return [
            .init(record.id.handle), .init(record.kind.rawValue),
            .init(String((record.fields.date ?? "").prefix(10))),
            .init(DisplayWidth.cut(TerminalSanitizer.line(author), to: Self.authorWidth)),
            .init(record.caption ?? ""),
        ]
    }

    private static let authorWidth = 24

    /// On a terminal, below each record the passage that matched.
    private func printWithPassages(_ table: TextTable) {
        var lines = table.lines(width: output.terminal.outputWidth, styling: output.style)[...]
        if lines.count > hits.count, let header = lines.popFirst() { output.line(header) }
        for (line, (hit, _)) in zip(lines, hits) {
            output.line(line)
            let passage = TerminalSanitizer.line(hit.passage)
            if passage.isEmpty { continue }
            // The index marks matches with brackets; on a plain terminal they stay.
            for line in HelpLayout.fold("          " + passage, indent: 10, width: output.terminal.width) {
                output.line(output.style.isOn ? marked(line) : line)
            }
        }
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

    static func state(of record: Record, isOrphaned: Bool, lacksText: Bool = false) -> String {
        [
            record.isPurged ? "purged" : record.isDeleted ? "deleted" : nil,
            record.isInConflict ? "conflict" : nil,
            isOrphaned ? "orphaned" : nil,
            lacksText ? "text not here" : nil,
        ].compactMap { $0 }
            .joined(separator: ", ")
    }
}
