/// Sets help texts in columns. They are ours, of narrow characters, so a character is a column.
enum HelpLayout {
    /// Two columns: what is typed, what it means, folded under itself.
    static func rows(_ rows: [(typed: String, meaning: String)], width: Int) -> [String] {
        // A term wider than this has its meaning begin on the line below.
        let widestTerm = 26
        let column = (rows.map(\.typed.count).filter { $0 <= widestTerm }.max() ?? 0) + 4
        return rows.flatMap { row -> [String] in
            let term = "  " + row.typed
            var lines = fold(
                String(repeating: " ", count: column) + row.meaning, indent: column, width: width)
            if term.count + 2 > column { return [term] + lines }
            lines[0] = term + lines[0].dropFirst(term.count)
            return lines
        }
    }

    /// Paragraphs are separated by an empty line; the line breaks within one are those of the source, and go. A line that
    /// begins with a space or a dash stands by itself.
    static func paragraphs(_ text: String, width: Int) -> [String] {
        var paragraphs: [String] = []
        var continues = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let standsAlone = line.isEmpty || line.hasPrefix(" ") || line.hasPrefix("- ")
            if continues && !standsAlone {
                paragraphs[paragraphs.count - 1] += " " + line
            } else {
                paragraphs.append(String(line))
            }
            continues = !standsAlone
        }
        return paragraphs.flatMap { fold($0, indent: $0.hasPrefix("- ") ? 2 : 0, width: width) }
    }

    /// Breaks at spaces; lines after the first are indented. A word wider than the line stands alone.
    static func fold(_ text: String, indent: Int, width: Int) -> [String] {
        fold(
            text.split(separator: " ").map(String.init), after: String(text.prefix { $0 == " " }),
            indent: indent,
            width: width)
    }

    /// Breaks between the words only, which may contain spaces.
    static func fold(_ words: [String], after beginning: String = "", indent: Int, width: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = beginning
        var isEmpty = true
        for word in words {
            if !isEmpty && line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = (margin, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }

    /// The abstract as a sentence of its own.
    static func sentence(_ abstract: String) -> String {
        abstract.prefix(1).uppercased() + abstract.dropFirst() + "."
    }
}
