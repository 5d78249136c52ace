internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Any table with separators (CSV, TSV): a row is an article. Columns become fields by their names, as `FieldNames` knows them, or
/// as `SourceOptions.fieldsByName` says; the others are kept under `x-` and their name. Tables of programs that are known by their
/// columns are read as these mean them (`KnownTable`). Rows of our own export that are no articles come behind the others, as what
/// they are (`OwnTableRow`).
struct TableReader: SourceReader {
    let formatName = "a table (CSV)"

    private var table: TableStream
    /// For each column the member that it becomes.
    private let members: [String]
    private let known: KnownTable?
    /// The fields that columns were mapped to.
    private let mapped: Set<String>
    private var pending: ArraySlice<SourceEvent> = []
    private var count = 0
    /// The column that says that a row is one of our own export.
    private let marker: Int?
    /// What belongs to articles, which may stand behind it.
    private var held: [SourceEvent] = []
    private var passedOver: [String: Int] = [:]
    private var emptyRows = 0
    private var isAtEnd = false
    private static let mostHeld = 100_000

    /// - Throws: where a map names no field or no column.
    init(_ source: ByteSource, _ options: SourceOptions) throws(InterchangeError) {
        table = try TableStream(source)
        marker = table.columns.firstIndex(of: CSVLayout.marker)
        members = try ColumnMap(options.fieldsByName, of: table.columns, in: source.name).members
        mapped = Set(options.fieldsByName.values)
        known = options.fieldsByName.isEmpty && marker == nil ? KnownTable(columns: table.columns) : nil
        if marker == nil, !members.contains(where: ColumnMap.makesArticle) {
            throw ColumnMap.unknown(table.columns, in: source.name)
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        if let event = pending.popFirst() { return event }
        while !isAtEnd {
            switch try table.next() {
            case nil: finish()
            case .event(let event): return event
            case .row(let cells, let more, _) where cells.allSatisfy(SourceValue.isBlank) && more.isEmpty:
                emptyRows += 1
            case .row(let cells, let more, let place):
                do throws(Rejection) {
                    guard let row = ownRow(cells) else {
                        pending = try events(of: cells, more, place)[...]
                        return pending.popFirst()
                    }
                    switch try row.content(at: place) {
                    case .article(let members, let relations):
                        return .item(
                            try ArticleMapping.item(
                                from: members, place: place, producer: OwnTableRow.producer,
                                relations: relations))
                    case .part(let part) where held.count < Self.mostHeld: held.append(.item(part))
                    case .part(let part): return .item(part)
                    case .passedOver(let kind): passedOver[kind, default: 0] += 1
                    }
                } catch { return error.event(at: place) }
            }
        }
        return held.popLast()
    }

    private mutating func finish() {
        isAtEnd = true
        let place = SourcePlace(file: table.name, line: 1, byteOffset: 0)
        if emptyRows > 0 {
            held.append(
                .remark(place, emptyRows == 1 ? "1 row is empty" : "\(emptyRows) rows are empty"))
        }
        for (kind, count) in passedOver.sorted(by: { $0.key < $1.key }) {
            held.append(
                .remark(
                    place,
                    "\(count) \(count == 1 ? "row" : "rows") of kind \(kind), which a table does not hold whole"
                ))
        }
        held.reverse()
    }

    private func ownRow(_ cells: [String]) -> OwnTableRow? {
        guard let marker, CSVLayout.marks.contains(cells[marker]) else { return nil }
        var byName: [String: String] = [:]
        for (index, cell) in cells.enumerated() where index != marker && !SourceValue.isBlank(cell) {
            byName[members[index]] =
                cells[marker] == CSVLayout.forSpreadsheets ? CSVLayout.withoutGuard(cell) : cell
        }
        return OwnTableRow(byName)
    }

    private mutating func events(
        of cells: [String], _ more: [String], _ place: SourcePlace
    ) throws(Rejection) -> [SourceEvent] {
        guard !(cells + more).contains(where: { $0.utf8.contains(0) }) else {
            throw Rejection("it holds a NUL byte, so it is no text")
        }
        var named: [(name: String, cell: String)] = []
        for (index, cell) in cells.enumerated() where !SourceValue.isBlank(cell) {
            named.append((members[index], Self.clean(cell)))
        }
        for (index, cell) in more.enumerated() where !SourceValue.isBlank(cell) {
            named.append(("x-column-\(members.count + index + 1)", Self.clean(cell)))
        }
        if named.isEmpty { throw Rejection("the row is empty") }
        count += 1
        if let known {
            return known.draft(of: named).events(place: place, key: String(count))
        }
        return try events(of: named, place)
    }

    private func events(
        of cells: [(name: String, cell: String)], _ place: SourcePlace
    ) throws(Rejection) -> [SourceEvent] {
        var members: [JSONMember] = []
        var relations = SourceRelations()
        var notes: [String] = []
        for (name, cell) in cells {
            switch name {
            case ColumnMap.collections where isMapped(name):
                relations.collections += KnownTable.list(cell).map { [$0] }
            case ColumnMap.note where isMapped(name): notes.append(cell)
            case _ where ColumnMap.isAuthor(name):
                members.append(JSONMember(name: name, value: NameOrder.inTable(cell)))
            default: members.append(JSONMember(name: name, value: .string(cell)))
            }
        }
        try FieldSet.requireShortNames(members)
        if !notes.isEmpty { relations.key = String(count) }
        var events = [
            SourceEvent.item(try ArticleMapping.item(from: members, place: place, relations: relations))
        ]
        var child = SourceRelations()
        child.parent = relations.key
        for note in notes {
            events.add(at: place) { [child] () throws(Rejection) in
                try .note(text: note, facts: PartFacts(), place: place, relations: child)
            }
        }
        return events
    }

    private func isMapped(_ name: String) -> Bool { mapped.contains(name) }

    /// Without the white space around it, the line ends of Windows and byte order marks, which mean nothing in a text.
    private static func clean(_ cell: String) -> String {
        let isPlain = !cell.utf8.contains { $0 == 0x0D || $0 == 0xEF }
        let text =
            isPlain ? cell : cell.replacing("\r\n", with: "\n").replacing("\u{FEFF}", with: "")
        return WhiteSpace.trimmed(text)
    }
}

extension FormatEntry {
    static let csv = FormatEntry(
        .csv, name: "a table (CSV)",
        fields: FieldNames.table.map { ($0.field, $0.names) },
        isRecognised: { start in
            let content = start.content
            guard !BinaryContent.isLikely(start.bytes), content.first != UInt8(ascii: "<"),
                content.first != UInt8(ascii: "{"), content.first != UInt8(ascii: "["),
                FormatRecognition.layout(of: start.bytes) == .text, ForeignFormat.marked(start.bytes) == nil
            else { return false }
            let lines = Lines(content)
            if lines.isRIS || lines.isMEDLINE || lines.isEndNote || lines.isBibTeX { return false }
            return TableShape(content, isWhole: start.isWhole) != nil
                || !content.isEmpty
                    && ["csv", "tsv", "tab"].contains { start.name.lowercased().hasSuffix("." + $0) }
        }, open: { (source, options) throws(InterchangeError) in try TableReader(source, options) })
}
