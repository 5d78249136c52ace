internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Tables that read-later services export, known by the names of their columns.
enum ServiceTable: CaseIterable {
    case pocket, instapaper
    /// Readwise: a row is a highlight of a book, or a document of Reader.
    case highlights, documents

    /// Columns that all exports of the kind have, in their short form.
    private var columns: Set<String> {
        switch self {
        case .pocket: ["title", "url", "timeadded", "tags", "status"]
        case .instapaper: ["url", "title", "selection", "folder"]
        case .highlights: ["highlight", "booktitle", "bookauthor", "highlightedat"]
        case .documents: ["title", "url", "id", "documenttags", "saveddate", "readingprogress"]
        }
    }

    var name: String {
        switch self {
        case .pocket: "a table of Pocket"
        case .instapaper: "a table of Instapaper"
        case .highlights: "highlights of Readwise"
        case .documents: "documents of Readwise's Reader"
        }
    }

    init?(columns: [String]) {
        let names = Set(columns.map { FieldNames.short($0) })
        guard let found = Self.allCases.first(where: { $0.columns.isSubset(of: names) }) else { return nil }
        self = found
    }

    static func recognised(_ start: SourceStart) -> ServiceTable? {
        let line = start.content.prefix { $0 != 0x0A && $0 != 0x0D }
        guard line.count <= 1_024 else { return nil }
        let names = line.split(separator: UInt8(ascii: ",")).map { cell in
            String(decoding: cell.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
        }
        return ServiceTable(columns: names.map { WhiteSpace.trimmed($0) })
    }

    /// Told from the JSON and HTML that the same services export.
    static func isTable(_ source: ByteSource) throws(InterchangeError) -> Bool {
        let start = ByteOrderMark.text(of: try source.peek(SourceLimits.recognitionBytes))
        let first = start.first { !ForeignFormat.isSpace($0) }
        return first.map { !"{[<".utf8.contains($0) } ?? true
    }
}

/// Reads a table of a read-later service.
struct ServiceTableReader: SourceReader {
    let formatName: String
    private let kind: ServiceTable
    private var table: TableStream
    private let columns: [String]
    private var pending: [SourceEvent] = []
    /// Books that were yielded; beyond the bound they are yielded again, which changes nothing.
    private var books: Set<String> = []
    private static let mostBooks = 100_000

    init(_ source: ByteSource, _ kinds: [ServiceTable]) throws(InterchangeError) {
        table = try TableStream(source)
        guard let kind = ServiceTable(columns: table.columns), kinds.contains(kind) else {
            throw InterchangeError(
                code: .wrongFormat, operation: "import", path: source.name,
                message: "its columns are not those of \(kinds.map(\.name).joined(separator: " or "))",
                hint: "Take it as a table (csv), which reads columns by their names.")
        }
        self.kind = kind
        formatName = kind.name
        columns = table.columns.map { FieldNames.short($0) }
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while pending.isEmpty {
            switch try table.next() {
            case nil: return nil
            case .event(let event): return event
            case .row(let cells, let more, let place):
                let row = ServiceRow(names: table.columns, short: columns, cells: cells, more: more)
                do throws(Rejection) {
                    guard !row.holdsNUL else { throw Rejection("it holds a NUL byte, so it is no text") }
                    pending = try events(of: row, at: place).reversed()
                } catch { pending = [error.event(at: place)] }
            }
        }
        return pending.popLast()
    }

    private mutating func events(
        of row: ServiceRow, at place: SourcePlace
    ) throws(Rejection) -> [SourceEvent] {
        switch kind {
        case .pocket: return [.item(try pocket(row, place))]
        case .instapaper: return try instapaper(row, place)
        case .documents: return [.item(try document(row, place))]
        case .highlights: return try highlight(row, place)
        }
    }

    private func pocket(_ row: ServiceRow, _ place: SourcePlace) throws(Rejection) -> SourceItem {
        var members = row.members(["url": "url", "tags": "", "title": ""])
        // Pocket writes the address where it knows no title.
        if let title = row["title"], title != row["url"] {
            members.append(.init(name: "title", value: .string(title)))
        }
        if let tags = row["tags"] {
            members.append(
                .init(name: "tags", value: .array(tags.split(separator: "|").map { .string(String($0)) })))
        }
        return try ArticleMapping.item(from: members, place: place)
    }

    private func instapaper(_ row: ServiceRow, _ place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        var members = row.members([
            "url": "url", "title": "title", "selection": "", "folder": "", "tags": "",
        ])
        var relations = SourceRelations()
        if let folder = row["folder"] {
            // States, and not folders that somebody made.
            if ["Unread", "Archive", "Starred"].contains(folder) {
                members.append(.init(name: "x-folder", value: .string(folder)))
            } else {
                relations.collections = [[folder]]
            }
        }
        if let tags = row["tags"] { members.append(.init(name: "tags", value: ServiceRow.list(tags))) }
        let selection = row["selection"]
        if selection != nil { relations.key = row["url"].map { "page:" + $0 } }
        var events = [
            SourceEvent.item(try ArticleMapping.item(from: members, place: place, relations: relations))
        ]
        guard let selection, let address = row["url"] else { return events }
        var facts = PartFacts()
        facts.date = row["timestamp"].map { .string($0) }
        facts.foreignID = Readwise.id(of: CanonicalURL.canonicalize(address) ?? address, selection)
        facts.producer = "instapaper:selections"
        var child = SourceRelations()
        child.parent = relations.key
        child.passage = SourcePassage(exact: selection)
        events.add(at: place) { () throws(Rejection) in
            try .annotation(text: nil, facts: facts, place: place, relations: child)
        }
        return events
    }

    private func document(_ row: ServiceRow, _ place: SourcePlace) throws(Rejection) -> SourceItem {
        var members = row.members([
            "title": "title", "url": "url", "id": FieldNames.identifier, "documenttags": "",
        ])
        if let tags = row["documenttags"] {
            members.append(.init(name: "tags", value: ServiceRow.list(tags)))
        }
        return try ArticleMapping.item(from: members, place: place, producer: "readwise:reader")
    }

    private mutating func highlight(
        _ row: ServiceRow, _ place: SourcePlace
    ) throws(Rejection) -> [SourceEvent] {
        guard let quote = row["highlight"] else { throw Rejection("the row has no highlight") }
        guard let title = row["booktitle"] else { throw Rejection("the row has no book title") }
        let book = Readwise.id(of: title, row["bookauthor"] ?? "", row["amazonbookid"] ?? "")
        var events: [SourceEvent] = []
        if !books.contains(book) {
            var members: [JSONMember] = [
                .init(name: "title", value: .string(title)),
                .init(name: FieldNames.identifier, value: .string(book)),
            ]
            if let author = row["bookauthor"] {
                members.append(.init(name: "author", value: .string(author)))
            }
            if let tags = row["documenttags"] {
                members.append(.init(name: "tags", value: ServiceRow.list(tags)))
            }
            if let number = row["amazonbookid"] {
                members.append(.init(name: "x-Amazon Book ID", value: .string(number)))
            }
            var relations = SourceRelations()
            relations.key = "book:" + book
            events.append(
                .item(
                    try ArticleMapping.item(
                        from: members, place: place, producer: "readwise:table", relations: relations)))
            if books.count >= Self.mostBooks { books = [] }
            books.insert(book)
        }
        var facts = PartFacts()
        facts.date = row["highlightedat"].map { .string($0) }
        facts.tags = row["tags"].map(ServiceRow.list)
        // The same words may stand in several places.
        facts.foreignID = Readwise.id(of: book, quote, row["location"] ?? "", row["highlightedat"] ?? "")
        facts.producer = "readwise:table:highlights"
        facts.beside = row.members([
            "highlight": "", "note": "", "booktitle": "", "bookauthor": "", "amazonbookid": "",
            "documenttags": "",
            "tags": "", "highlightedat": "",
        ])
        var relations = SourceRelations()
        relations.parent = "book:" + book
        relations.passage = SourcePassage(exact: quote)
        events.add(at: place) { () throws(Rejection) in
            try .annotation(text: row["note"], facts: facts, place: place, relations: relations)
        }
        return events
    }
}

/// A row of a service's table.
struct ServiceRow {
    let names: [String]
    let short: [String]
    let cells: [String]
    let more: [String]

    var holdsNUL: Bool { cells.contains { $0.utf8.contains(0) } }

    /// By the column's short name; nil where the cell is blank.
    subscript(column: String) -> String? {
        guard let index = short.firstIndex(of: column), !SourceValue.isBlank(cells[index]) else { return nil }
        return cells[index]
    }

    /// Cells by the fields that they become; the others under `x-` and the column's name. None for an empty field.
    func members(_ fields: [String: String]) -> [JSONMember] {
        var members: [JSONMember] = []
        for (index, cell) in cells.enumerated() where !SourceValue.isBlank(cell) {
            let field = fields[short[index]] ?? "x-" + names[index]
            if !field.isEmpty { members.append(JSONMember(name: field, value: .string(cell))) }
        }
        for (index, cell) in more.enumerated() where !SourceValue.isBlank(cell) {
            members.append(JSONMember(name: "x-column-\(names.count + index + 1)", value: .string(cell)))
        }
        return members
    }

    /// `a, b`, and the lists of JSON and Python: `["a", "b"]`.
    static func list(_ text: String) -> JSONValue {
        if let value = try? JSONParser().parse(text), value.array != nil { return value }
        let trimmed = WhiteSpace.trimmed(text)
        guard trimmed.hasPrefix("["), trimmed.hasSuffix("]") else { return .string(text) }
        let names = trimmed.dropFirst().dropLast().split(separator: ",").map { name in
            let name = WhiteSpace.trimmed(name)
            let isQuoted =
                name.count >= 2 && name.first == name.last && (name.first == "'" || name.first == "\"")
            return JSONValue.string(String(isQuoted ? name.dropFirst().dropLast() : name[...]))
        }
        return .array(names)
    }
}

extension FormatEntry {
    static let instapaper = FormatEntry(
        .instapaper, name: "an export of Instapaper",
        fields: [
            ("title", ["Title"]), ("url", ["URL"]), ("tags", ["Tags"]), ("quote", ["Selection"]),
            ("collections", ["Folder"]),
        ], isRecognised: { ServiceTable.recognised($0) == .instapaper },
        open: { (source, _) throws(InterchangeError) in try ServiceTableReader(source, [.instapaper]) })
}
