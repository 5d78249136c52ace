internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Any table with separators (CSV, TSV): a row is an article. Columns become fields by their names, as `FieldNames` knows them, or
/// as `SourceOptions.fieldsByName` says; the others are kept under `x-` and their name. Rows of our own export that are no
/// articles come behind these, as what they are (`OwnTableRow`).
struct TableReader: SourceReader {
    let formatName = "a table (CSV)"

    private var table: TableStream
    /// For each column the member that it becomes.
    private let members: [String]
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
        if marker == nil, !members.contains(where: ColumnMap.makesArticle) {
            throw ColumnMap.unknown(table.columns, in: source.name)
        }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while !isAtEnd {
            switch try table.next() {
            case nil: finish()
            case .event(let event): return event
            case .row(let cells, let more, _) where cells.allSatisfy(SourceValue.isBlank) && more.isEmpty:
                emptyRows += 1
            case .row(let cells, let more, let place):
                do throws(Rejection) {
                    guard let row = ownRow(cells) else { return .item(try item(of: cells, more, place)) }
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

    private func item(
        of cells: [String], _ more: [String], _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var members: [JSONMember] = []
        for (index, cell) in cells.enumerated() where !SourceValue.isBlank(cell) {
            guard !cell.utf8.contains(0) else { throw Rejection("it holds a NUL byte, so it is no text") }
            members.append(JSONMember(name: self.members[index], value: .string(cell)))
        }
        for (index, cell) in more.enumerated() where !SourceValue.isBlank(cell) {
            members.append(
                JSONMember(name: "x-column-\(self.members.count + index + 1)", value: .string(cell)))
        }
        if members.isEmpty { throw Rejection("the row is empty") }
        try FieldSet.requireShortNames(members)
        return try ArticleMapping.item(from: members, place: place)
    }
}

/// Which field each column of a table becomes.
struct ColumnMap {
    /// The names under which `ArticleMapping` takes them.
    let members: [String]

    /// - Throws: `unknownField`, `unknownColumn`.
    init(
        _ fieldsByName: [String: String], of columns: [String], in path: String
    ) throws(InterchangeError) {
        var members = columns
        var isMapped = [Bool](repeating: false, count: columns.count)
        var fields: Set<String> = []
        for (name, field) in fieldsByName.sorted(by: { $0.key < $1.key }) {
            guard Self.isField(field) else {
                throw InterchangeError(
                    code: .unknownField, operation: "import", path: path,
                    message: "\(name)=\(field) names no field",
                    hint: "The fields are \(Self.fields.joined(separator: ", ")), and x-NAME.")
            }
            guard
                let column = columns.firstIndex(of: name)
                    ?? columns.firstIndex(where: { FieldNames.short($0) == FieldNames.short(name) })
            else {
                throw InterchangeError(
                    code: .unknownColumn, operation: "import", path: path,
                    message: "\(name)=\(field) names no column of the table",
                    hint: "Its columns are \(columns.prefix(50).joined(separator: ", ")).")
            }
            members[column] = field
            isMapped[column] = true
            fields.insert(field)
        }
        // Another column of the field's own name is kept, and does not stand in for what was chosen.
        for (index, name) in columns.enumerated() where !isMapped[index] {
            if FieldNames.places(of: name).contains(where: { fields.contains(FieldNames.table[$0.row].field) }
            ) {
                members[index] = "x-" + name
            }
        }
        self.members = members
    }

    /// Whether an article can come of what stands under this name.
    static func makesArticle(_ name: String) -> Bool {
        !name.hasPrefix("x-")
            && FieldNames.places(of: name).contains {
                ["title", "body", "url", "doi"].contains(FieldNames.table[$0.row].field)
            }
    }

    static func unknown(_ columns: [String], in path: String) -> InterchangeError {
        let shown = columns.prefix(20).map { String($0.prefix(64)) }
        return InterchangeError(
            code: .unknownColumn, operation: "import", path: path,
            message: "none of its columns is known as a title, a text or an address: "
                + shown.joined(separator: ", ") + (columns.count > shown.count ? ", …" : ""),
            hint: "Say which one is: --map '\(shown[0])=title'.")
    }

    private static let fields = FieldNames.table.map(\.field)

    private static func isField(_ name: String) -> Bool {
        fields.contains(name)
            || name.hasPrefix("x-") && name.utf8.count > 2
                && name.utf8.count <= SourceLimits.maximumFieldNameBytes
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
