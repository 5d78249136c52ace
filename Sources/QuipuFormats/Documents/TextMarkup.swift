internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// A reading text as HTML that is XML as well: paragraphs, headings, quotes and lists, with annotated passages marked. Whatever
/// stands in the text is text there.
struct TextMarkup {
    struct Mark {
        /// In code points of the text with line ends as LF and in normal form C.
        let range: Range<Int>
        /// The number that the annotation has in the document, from 1.
        let number: Int
    }

    private let marks: [Mark]
    private(set) var html = ""
    private var isInList = false

    /// - Parameter headingLevel: that of a heading `#` of the text; those of the page around it come before.
    init(_ text: String, marks: [Mark] = [], headingLevel: Int = 2) {
        self.marks = marks.sorted { $0.range.lowerBound < $1.range.lowerBound }
        var offset = 0
        var paragraph: [Unicode.Scalar] = []
        var start = 0
        var lineIsBlank = true
        var lineLength = 0
        func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" }
        for scalar in Self.normalised(text) {
            if isBreak(scalar), lineIsBlank {
                paragraph.removeLast(min(lineLength, paragraph.count))
                if !paragraph.isEmpty { add(paragraph, from: start, headingLevel) }
                paragraph.removeAll(keepingCapacity: true)
                start = offset + 1
            } else {
                paragraph.append(scalar)
            }
            if isBreak(scalar) {
                (lineIsBlank, lineLength) = (true, 0)
            } else {
                lineIsBlank = lineIsBlank && WhiteSpace.contains(scalar)
                lineLength += 1
            }
            offset += 1
        }
        if !paragraph.isEmpty { add(paragraph, from: start, headingLevel) }
        closeList()
    }

    /// The text in which passages are counted: line ends are LF, and it is in normal form C.
    private static func normalised(_ text: String) -> String.UnicodeScalarView {
        var lines = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar {
            case "\n": if !isAfterReturn { lines.append("\n") }
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append("\n")
            default: lines.append(scalar)
            }
        }
        return String(lines).nfc.unicodeScalars
    }

    /// Markup of text: `&`, `<`, `>` and quotation marks are written out, and what XML does not take is left out.
    static func escaped(_ text: some Sequence<Unicode.Scalar>) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            case "'": out.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n": out.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): continue
            case "\u{FFFE}", "\u{FFFF}": continue
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    static func escaped(_ text: String) -> String { escaped(text.unicodeScalars) }

    private mutating func add(_ scalars: [Unicode.Scalar], from start: Int, _ headingLevel: Int) {
        var content = scalars
        while content.last == "\n" { content.removeLast() }
        let hashes = content.prefix { $0 == "#" }.count
        if (1...6).contains(hashes), content.count > hashes + 1, content[hashes] == " ",
            !content.contains("\n")
        {
            closeList()
            let level = min(6, headingLevel + hashes - 1)
            html +=
                "<h\(level)>" + marked(content[(hashes + 1)...], from: start + hashes + 1) + "</h\(level)>\n"
            return
        }
        let lines = Self.lines(of: content)
        if lines.allSatisfy({ content[$0].starts(with: [">"]) }) {
            closeList()
            html +=
                "<blockquote><p>" + joined(lines, of: content, from: start) { Self.afterQuote(content, $0) }
            html += "</p></blockquote>\n"
        } else if lines.allSatisfy({ Self.afterItem(content, $0) != nil }) {
            if !isInList { html += "<ul>\n" }
            isInList = true
            for line in lines {
                let text = Self.afterItem(content, line) ?? line.lowerBound
                html += "<li>" + marked(content[text..<line.upperBound], from: start + text) + "</li>\n"
            }
        } else {
            closeList()
            html += "<p>" + joined(lines, of: content, from: start) { $0.lowerBound } + "</p>\n"
        }
    }

    private mutating func closeList() {
        if isInList { html += "</ul>\n" }
        isInList = false
    }

    private static func lines(of content: [Unicode.Scalar]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for index in content.indices where content[index] == "\n" {
            lines.append(start..<index)
            start = index + 1
        }
        return lines + [start..<content.count]
    }

    private static func afterQuote(_ content: [Unicode.Scalar], _ line: Range<Int>) -> Int {
        let text = line.lowerBound + 1
        return text < line.upperBound && content[text] == " " ? text + 1 : min(text, line.upperBound)
    }

    /// Where the words of a list's line begin; nil if it is none.
    private static func afterItem(_ content: [Unicode.Scalar], _ line: Range<Int>) -> Int? {
        var index = line.lowerBound
        while index < line.upperBound, content[index] == " " { index += 1 }
        guard index + 1 < line.upperBound, content[index + 1] == " ",
            ["-", "*", "+"].contains(content[index])
        else {
            return nil
        }
        return index + 2
    }

    private func joined(
        _ lines: [Range<Int>], of content: [Unicode.Scalar], from start: Int, text: (Range<Int>) -> Int
    ) -> String {
        lines.map { line in
            let first = text(line)
            return marked(content[first..<max(first, line.upperBound)], from: start + first)
        }.joined(separator: "<br/>\n")
    }

    /// A run of text, in pieces where annotations and elements begin and end.
    private func marked(_ text: ArraySlice<Unicode.Scalar>, from start: Int) -> String {
        let range = start..<start + text.count
        let over = marks.filter { $0.range.overlaps(range) }
        let inline = InlineElements(text)
        if over.isEmpty, inline.borders.isEmpty, inline.hidden.isEmpty { return Self.escaped(text) }
        // Offsets in the text, as marks have them.
        let shift = start - text.startIndex
        var hidden: Set<Int> = []
        for range in inline.hidden { hidden.formUnion(range.map { $0 + shift }) }
        let borders = Set(over.flatMap { [$0.range.lowerBound, $0.range.upperBound] })
            .union(inline.borders.keys.map { $0 + shift }).filter { range.contains($0) }
        var out = ""
        var numbers = ""
        var links = 0
        var from = start
        func pass(_ place: Int) {
            guard let border = inline.borders[place - shift] else { return }
            out += border.closing
            links += border.links
            // A link is in no other one.
            if links == 0 {
                out += numbers
                numbers = ""
            }
            out += border.opening
        }
        for to in (borders.union([range.upperBound])).sorted() where to > from {
            pass(from)
            let piece = Self.escaped(
                (from..<to).lazy.filter { !hidden.contains($0) }.map { text[$0 - shift] })
            let here = over.filter { $0.range.contains(from) }.map(\.number)
            out += here.isEmpty || piece.isEmpty ? piece : "<mark>" + piece + "</mark>"
            for number in here
            where over.contains(where: { $0.number == number && $0.range.upperBound == to }) {
                numbers += "<sup><a href=\"#note-\(number)\">\(number)</a></sup>"
            }
            if links == 0 {
                out += numbers
                numbers = ""
            }
            from = to
        }
        pass(range.upperBound)
        return out + numbers
    }
}
