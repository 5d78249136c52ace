/// Tables of data, told from those that lay out a page.
enum DataTable {
    private static let ofLayouts: Set<String> = [
        "table", "p", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "article",
        "section",
        "figure", "form", "hr",
    ]

    /// Whether its rows are to be read as lines: nothing but words in its cells, and somewhere two of them in a row.
    static func isData(_ table: MarkupElement) -> Bool {
        var cellsInRow = 0
        var hasColumns = false
        for element in table.descendants where !element.isText {
            switch element.name {
            case "tr": cellsInRow = 0
            case "td", "th":
                cellsInRow += 1
                if cellsInRow > 1 { hasColumns = true }
            default: if ofLayouts.contains(element.name) { return false }
            }
        }
        return hasColumns
    }
}

/// Preformatted text: code is fenced, other text keeps its lines.
enum CodeLines {
    private static let words = ["code", "highlight", "prettyprint", "language-", "brush", "syntax", "source"]

    static func isCode(_ element: MarkupElement) -> Bool {
        let isMarked = [element, element.parent].contains { candidate in
            guard let name = candidate?.attribute("class") else { return false }
            return words.contains { name.contains($0) }
        }
        return isMarked || element.descendants.contains { ["code", "samp", "kbd"].contains($0.name) }
    }

    static func lines(_ bytes: [UInt8], isCode: Bool) -> [[UInt8]] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            Array(line[..<((line.lastIndex { $0 > 0x20 } ?? line.startIndex - 1) + 1)])
        }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        if lines.isEmpty { return [] }
        guard isCode else { return lines.map { MarkdownEscape.line($0[...]) } }
        let mark = UInt8(ascii: "`")
        let longest = lines.map { $0.prefix { $0 == mark }.count }.max() ?? 0
        let fence = [UInt8](repeating: mark, count: max(3, longest + 1))
        return [fence] + lines + [fence]
    }
}
