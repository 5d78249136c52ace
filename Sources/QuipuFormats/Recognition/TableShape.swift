internal import QuipuNaturalKeys

/// Whether a text is a table with separators (CSV, TSV), told from prose with commas.
///
/// A table begins with a row of names and goes on with rows of as many cells. Where at least two of the names are those
/// of articles, two rows are enough; otherwise three are needed, and no spaces behind the separators.
struct TableShape {
    let separator: UInt8

    private static let maximumRows = 50
    private static let maximumCellsInHeader = 500
    private static let maximumHeaderCellBytes = 60

    init?(_ content: ArraySlice<UInt8>, isWhole: Bool) {
        var content = content
        // What Excel takes for the separator of what follows.
        if content.starts(with: "sep=".utf8), let line = FrontMatter.line(content, from: content.startIndex) {
            content = content[line.next...]
        }
        for separator in ",;\t|".utf8 where Self.isTable(content, separator, isWhole: isWhole) {
            self.separator = separator
            return
        }
        return nil
    }

    private static func isTable(_ content: ArraySlice<UInt8>, _ separator: UInt8, isWhole: Bool) -> Bool {
        var rows: [[ArraySlice<UInt8>]] = []
        var index = content.startIndex
        while rows.count < maximumRows, index < content.endIndex {
            guard let row = row(content, &index, separator) else { break }
            // The look ahead may have cut the last.
            if index >= content.endIndex, !isWhole, !rows.isEmpty { break }
            rows.append(row)
            if rows.count == 1, !isHeader(row) { return false }
        }
        while let last = rows.last, last.count == 1, last[0].allSatisfy(ForeignFormat.isSpace), rows.count > 1
        {
            rows.removeLast()
        }
        guard let header = rows.first, rows.count >= 2 else { return false }
        let sameCount = rows.count { $0.count == header.count }
        let known = header.count {
            FieldNames.isKnown(unquoted($0))
        }
        if known >= 2 { return sameCount * 4 >= rows.count * 3 && sameCount >= 2 }
        // A table of other things: strict, since a list in prose or verse has commas at the same places too.
        guard separator != UInt8(ascii: "|"), rows.count >= 3, sameCount == rows.count,
            header.count >= (separator == 0x09 ? 2 : 3)
        else { return false }
        return rows.allSatisfy { row in row.dropFirst().allSatisfy { $0.first != 0x20 } }
            && header.allSatisfy { !".!?:".utf8.contains($0.last ?? 0) }
    }

    /// Distinct short names; only the first may be without, as a table with numbered rows has it.
    private static func isHeader(_ row: [ArraySlice<UInt8>]) -> Bool {
        guard (2...maximumCellsInHeader).contains(row.count) else { return false }
        var names: Set<String> = []
        for (place, cell) in row.enumerated() {
            let name = unquoted(cell)
            if name.isEmpty, place == 0 { continue }
            guard !name.isEmpty, name.utf8.count <= maximumHeaderCellBytes, !name.contains("\n"),
                name.split(separator: " ").count <= 5, names.insert(name).inserted
            else { return false }
        }
        return true
    }

    private static func unquoted(_ cell: ArraySlice<UInt8>) -> String {
        var text = WhiteSpace.trimmed(String(decoding: cell, as: UTF8.self))
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = String(text.dropFirst().dropLast())
        }
        return text
    }

    /// The cells of the row at `index`, which goes on behind it; nil where quotation marks do not close.
    private static func row(
        _ content: ArraySlice<UInt8>, _ index: inout Int, _ separator: UInt8
    ) -> [ArraySlice<UInt8>]? {
        var cells: [ArraySlice<UInt8>] = []
        var start = index
        while true {
            if index < content.endIndex, content[index] == UInt8(ascii: "\""), index == start {
                guard let end = endOfQuoted(content, index) else { return nil }
                index = end
            }
            while index < content.endIndex, content[index] != separator, content[index] != 0x0A { index += 1 }
            var cell = content[start..<index]
            if index < content.endIndex, content[index] == separator {
                cells.append(cell)
                index += 1
                start = index
                continue
            }
            if cell.last == 0x0D { cell.removeLast() }
            cells.append(cell)
            if index < content.endIndex { index += 1 }
            return cells
        }
    }

    private static func endOfQuoted(_ content: ArraySlice<UInt8>, _ start: Int) -> Int? {
        var index = start + 1
        while index < content.endIndex {
            if content[index] == UInt8(ascii: "\"") {
                guard index + 1 < content.endIndex, content[index + 1] == UInt8(ascii: "\"") else {
                    return index + 1
                }
                index += 1
            }
            index += 1
        }
        return nil
    }
}
