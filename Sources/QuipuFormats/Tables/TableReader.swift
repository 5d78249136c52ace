internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Any table with separators (CSV, TSV): a row is an article. Columns become fields by their names, as `FieldNames` knows them, or
/// as `SourceOptions.fieldsByName` says; the others are kept under `x-` and their name.
struct TableReader: SourceReader {
    let formatName = "a table (CSV)"

    private var table: TableStream
    /// For each column the member that it becomes.
    private let members: [String]
    /// The column that says that a row is one of our own export.
    private let marker: Int?

    /// - Throws: where a map names no field or no column.
    init(_ source: ByteSource, _ options: SourceOptions) throws(InterchangeError) {
        table = try TableStream(source)
        marker = table.columns.firstIndex(of: CSVLayout.marker)
        members = try ColumnMap(options.fieldsByName, of: table.columns, in: source.name).members
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        switch try table.next() {
        case nil: return nil
        case .event(let event): return event
        case .row(let cells, let more, let place):
            do throws(Rejection) {
                return .item(try item(of: cells, more, place))
            } catch { return error.event(at: place) }
        }
    }

    private func item(
        of cells: [String], _ more: [String], _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        let mark = marker.map { cells[$0] }
        let isOurs = mark.map { CSVLayout.marks.contains($0) } ?? false
        var members: [JSONMember] = []
        for (index, cell) in cells.enumerated() where !SourceValue.isBlank(cell) {
            if isOurs, index == marker { continue }
            guard !cell.utf8.contains(0) else { throw Rejection("it holds a NUL byte, so it is no text") }
            let text = mark == CSVLayout.forSpreadsheets ? CSVLayout.withoutGuard(cell) : cell
            let name = self.members[index]
            let value: JSONValue
            if isOurs, name == "author", text.contains(CSVLayout.between) {
                value = .array(text.split(separator: CSVLayout.between).map { .string(String($0)) })
            } else {
                value = .string(text)
            }
            members.append(JSONMember(name: name, value: value))
        }
        for (index, cell) in more.enumerated() where !SourceValue.isBlank(cell) {
            members.append(
                JSONMember(name: "x-column-\(self.members.count + index + 1)", value: .string(cell)))
        }
        if members.isEmpty { throw Rejection("the row is empty") }
        try FieldSet.requireShortNames(members)
        return try ArticleMapping.item(from: members, place: place, producer: isOurs ? "quipu" : nil)
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
