internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The rows of a table by the names of its columns, whatever its separator and encoding.
struct TableStream {
    enum Piece {
        /// Cells by the columns' order, as many as there are columns; and those beyond them.
        case row([String], more: [String], SourcePlace)
        case event(SourceEvent)
    }

    /// Remarks on rows of another length than the header; the others are counted.
    private static let mostRemarks = 10

    let name: String
    /// The names of the columns; `column-2` for one without.
    private(set) var columns: [String] = []
    private var rows: CSVRows
    private var pending: [Piece] = []
    private var raggedRows = 0
    private var hasSaidEncoding = false
    private var isAtEnd = false

    /// - Throws: where there is no first row.
    init(_ source: ByteSource) throws(InterchangeError) {
        name = source.name
        let mark = try ByteOrderMark.pass(source)
        let start = SourcePlace(file: source.name, line: 1, byteOffset: 0)
        if let encoding = mark.converted {
            pending.append(.event(.remark(start, "it is \(encoding) and was converted to UTF-8")))
        }
        let look = try source.peek(SourceLimits.recognitionBytes)
        let separator = Self.separator(of: look, isWhole: look.count < SourceLimits.recognitionBytes)
        rows = CSVRows(source, separator: separator, byteOffset: mark.bytes)
        var first = try rows.next()
        // What Excel takes for the separator of what follows.
        if case .row(let row)? = first, row.bytes.starts(with: "sep=".utf8) { first = try rows.next() }
        switch first {
        case nil:
            throw InterchangeError(
                code: .nothingFound, operation: "read", path: name, message: "the table has no rows",
                hint: "Check that it was written to its end.")
        case .broken(let reason, let line, _):
            throw InterchangeError(
                code: .wrongFormat, operation: "read", path: name,
                message: "the header in line \(line) cannot be read: \(reason)",
                hint: "Check that the file is a table with separators, such as CSV.")
        case .row(let row):
            let names = cells(of: row).map { WhiteSpace.trimmed($0).nfc }
            if Self.isHeader(names) {
                columns = names.enumerated().map { $1.isEmpty ? Self.column($0) : $1 }
            } else {
                columns = names.indices.map(Self.column)
                pending.append(
                    .event(
                        .remark(
                            SourcePlace(file: name, line: row.line, byteOffset: row.byteOffset),
                            "the first row holds no names, so the columns are called column-1 to "
                                + "column-\(columns.count)")))
                pending.append(piece(of: row))
            }
        }
        pending.reverse()
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        if let piece = pending.popLast() { return piece }
        switch try rows.next() {
        case nil:
            if isAtEnd || raggedRows <= Self.mostRemarks { return nil }
            isAtEnd = true
            return .event(
                .remark(
                    SourcePlace(file: name, line: 1, byteOffset: 0),
                    "\(raggedRows - Self.mostRemarks) more rows have another number of cells than the header")
            )
        case .broken(let reason, let line, let offset):
            return .event(
                .rejected(SourcePlace(file: name, line: line, byteOffset: offset), reason: reason))
        case .row(let row):
            let piece = piece(of: row)
            if row.hasStrayMark {
                pending.append(piece)
                return .event(
                    .remark(
                        SourcePlace(file: name, line: row.line, byteOffset: row.byteOffset),
                        "a quotation mark opens a cell that is not closed, so it was taken as part of the text"
                    ))
            }
            if row.endsFile, row.cells.count < columns.count, columns.count > 1 {
                pending.append(piece)
                return .event(
                    .rejected(
                        SourcePlace(file: name, line: row.line, byteOffset: row.byteOffset),
                        reason:
                            "it ends in this row, after \(row.cells.count) of \(columns.count) cells and without a "
                            + "line end, so it may be cut; what could be read came in"))
            }
            if row.cells.count != columns.count {
                raggedRows += 1
                if raggedRows <= Self.mostRemarks {
                    pending.append(piece)
                    return .event(
                        .remark(
                            SourcePlace(file: name, line: row.line, byteOffset: row.byteOffset),
                            "the row has \(row.cells.count) cells, the header \(columns.count)"))
                }
            }
            return piece
        }
    }

    private mutating func piece(of row: CSVRows.Row) -> Piece {
        var cells = cells(of: row)
        let place = SourcePlace(file: name, line: row.line, byteOffset: row.byteOffset)
        let more = Array(cells.dropFirst(columns.count))
        cells = Array(cells.prefix(columns.count))
        while cells.count < columns.count { cells.append("") }
        let piece = Piece.row(cells, more: more, place)
        guard wasConverted, !hasSaidEncoding else { return piece }
        hasSaidEncoding = true
        pending.append(piece)
        return .event(.remark(place, "it is not UTF-8 and was read as Windows-1252 from this row on"))
    }

    private var wasConverted = false

    private mutating func cells(of row: CSVRows.Row) -> [String] {
        let isText = row.bytes.withUnsafeBufferPointer { endOfValidUTF8($0) == $0.count }
        if !isText { wasConverted = true }
        return row.cells.map {
            isText
                ? String(decoding: row.bytes[$0], as: UTF8.self)
                : String(decoding: Windows1252.decode(row.bytes[$0]), as: UTF8.self)
        }
    }

    private static func column(_ place: Int) -> String { "column-\(place + 1)" }

    private static func separator(of look: ArraySlice<UInt8>, isWhole: Bool) -> UInt8 {
        let content = look.drop(while: { ForeignFormat.isSpace($0) && $0 != 0x09 })
        if content.starts(with: "sep=".utf8), let named = content.dropFirst(4).first,
            ",;\t|".utf8.contains(named)
        {
            return named
        }
        if let shape = TableShape(content, isWhole: isWhole) { return shape.separator }
        let line = content.prefix { $0 != 0x0A && $0 != 0x0D }
        let counts = ",;\t|".utf8.map { separator in (separator, line.count { $0 == separator }) }
        return counts.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil } ?? UInt8(ascii: ",")
    }

    /// Names do not look like values: no addresses, no numbers or dates, nothing long, most not empty; nothing twice, but where
    /// one is the name of a title, a text or an address.
    private static func isHeader(_ names: [String]) -> Bool {
        let told = names.filter { !$0.isEmpty }
        guard told.count * 2 > names.count else { return false }
        let mayRepeat = told.contains { $0.utf8.count <= 120 && ColumnMap.makesArticle($0) }
        var seen: Set<String> = []
        for name in told {
            guard name.utf8.count <= 120, !name.contains("\n"),
                seen.insert(name.lowercased()).inserted || mayRepeat,
                !SourceValue.isWebAddress(.string(name)), Double(name) == nil, SourceDate.read(name) == nil
            else { return false }
        }
        return true
    }
}
