/// A part of a page of help, which a terminal and a manual page show each in its own way.
enum HelpBlock: Sendable {
    /// A few words without a full stop; what follows stands under it.
    case heading(String)
    /// Sentences, in one line.
    case paragraph(String)
    /// What is typed, and what it means: without a full stop.
    case rows([(typed: String, meaning: String)])
    /// Command lines as they are typed.
    case example([String])
}

extension HelpLayout {
    /// The lines of a page on a terminal.
    static func lines(of blocks: [HelpBlock], width: Int) -> [String] {
        var lines: [String] = []
        var isUnderHeading = false
        var isAfterHeading = false
        for block in blocks {
            if !lines.isEmpty && !isAfterHeading { lines.append("") }
            isAfterHeading = false
            switch block {
            case .heading(let text):
                lines.append("\(text):")
                (isUnderHeading, isAfterHeading) = (true, true)
            case .paragraph(let text):
                let indent = isUnderHeading ? 2 : 0
                lines += fold(String(repeating: " ", count: indent) + text, indent: indent, width: width)
            case .rows(let rows): lines += self.rows(rows, width: width)
            case .example(let commands): lines += commands.map { "    \($0)" }
            }
        }
        return lines
    }
}
