internal import QuipuCanonicalJSON

/// Writes records as a table (RFC 4180): a header, then a row for each record, with the same columns for all kinds.
///
/// With `forSpreadsheets` it begins with a byte order mark, by which Excel knows UTF-8, and cells that a spreadsheet would take
/// for formulas begin with an apostrophe; an import of the table takes both away. Fields without a column are counted as lost.
public struct CSVWriter: RecordWriter {
    /// Columns of fields; `tags` and `collections` gather the elements of sets, `quote` is the passage of an annotation.
    private static let columns = [
        "id", "kind", "title", "author", "date", "url", "doi", "publisher", "language", "abstract", "tags",
        "collections", "target", "quote", "text", "body",
    ]
    /// Of what belongs to an archive's keeping and is nothing that a table shows.
    private static let passedOver = ["derived/", "from/"]

    private let sink: ([UInt8]) throws -> Void
    private let forSpreadsheets: Bool
    private let nameOfCollection: (String) -> String?
    private var hasBegun = false
    public private(set) var lost: [String: Int] = [:]

    /// - Parameters:
    ///   - nameOfCollection: of a collection's id; where it is nil, the id stands in the table.
    ///   - sink: is given whole rows.
    public init(
        forSpreadsheets: Bool = false, nameOfCollection: @escaping (String) -> String? = { _ in nil },
        sink: @escaping ([UInt8]) throws -> Void
    ) {
        (self.forSpreadsheets, self.nameOfCollection, self.sink) = (forSpreadsheets, nameOfCollection, sink)
    }

    public mutating func write(_ record: ExportRecord) throws {
        try begin()
        var cells = ["id": record.id, "kind": record.kind]
        var tags: [String] = []
        var collections: [String] = []
        for field in try record.checked() {
            if let tag = element(of: "tags", field) { tags.append(tag) }
            if let id = element(of: "collections", field) { collections.append(nameOfCollection(id) ?? id) }
            if field.name.contains("/") {
                let isSet = field.name.hasPrefix("tags/") || field.name.hasPrefix("collections/")
                if !isSet, !Self.passedOver.contains(where: field.name.hasPrefix) { lose(field.name) }
                continue
            }
            guard let value = try? JSONParser().parse(field.value), !value.isNull else { continue }
            // What collections and attachments are called.
            if field.name == "name", cells["title"] == nil, let name = value.string {
                cells["title"] = name
                continue
            }
            guard let cell = cell(of: field.name, value) else {
                if field.name != "deleted" { lose(field.name) }
                continue
            }
            cells[field.name] = cell
        }
        cells["tags"] = tags.joined(separator: CSVLayout.between)
        cells["collections"] = collections.joined(separator: CSVLayout.between)
        let mark = forSpreadsheets ? CSVLayout.forSpreadsheets : CSVLayout.plain
        try sink(row([mark] + Self.columns.map { cells[$0] ?? "" }))
    }

    /// A table without records has its header.
    public mutating func finish() throws { try begin() }

    private mutating func begin() throws {
        if hasBegun { return }
        hasBegun = true
        try sink((forSpreadsheets ? [0xEF, 0xBB, 0xBF] : []) + row([CSVLayout.marker] + Self.columns))
    }

    private mutating func lose(_ field: String) { lost[field, default: 0] += 1 }

    /// The element that a field says to be in the set; nil for other fields, and for elements that were taken out.
    private func element(of set: String, _ field: (name: String, value: [UInt8])) -> String? {
        guard field.name.hasPrefix(set + "/"), field.value.elementsEqual("true".utf8) else { return nil }
        return String(field.name.dropFirst(set.count + 1))
    }

    private func cell(of field: String, _ value: JSONValue) -> String? {
        switch field {
        case "quote": return value["exact"]?.string
        // Where a passage stands follows from the quotation.
        case "position", "anchor": return ""
        default: break
        }
        guard Self.columns.contains(field) else { return nil }
        if let text = value.string { return text }
        if let list = value.array, list.allSatisfy({ $0.string != nil }) {
            return list.compactMap(\.string).joined(separator: CSVLayout.between)
        }
        return value.canonicalText
    }

    private func row(_ cells: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let text = forSpreadsheets ? CSVLayout.withGuard(cell) : cell
            let needsMarks =
                text.utf8.contains { ",\"\r\n;\t".utf8.contains($0) } || text.first == " " || text.last == " "
            guard needsMarks else {
                bytes += text.utf8
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        return bytes + [0x0D, 0x0A]
    }
}
