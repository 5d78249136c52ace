/// A difference between two texts as lines to print: `[-gone-]{+new+}` (as `git diff --word-diff` does), and colours on a
/// terminal that has them, which not everybody sees.
struct DiffDrawing {
    /// Characters of an unchanged stretch that are shown next to a change.
    private static let contextLength = 40

    let style: Styling

    /// A stretch of text that looks alike.
    private typealias Segment = (text: String, styles: [Style])

    /// The lines that lead from one text to the other; both are made harmless here.
    ///
    /// - Parameter width: columns to fold long lines to, at spaces; nil to leave them whole.
    func lines(from old: String, to new: String, width: Int? = nil) -> [String] {
        TextDiff(from: TerminalSanitizer.paragraphs(old), to: TerminalSanitizer.paragraphs(new)).lines
            .flatMap { line in
                let segments = segments(of: line)
                return width.map { fold(segments, to: $0) } ?? [segments.map(draw).joined()]
            }
    }

    private func draw(_ segment: Segment) -> String { style.apply(segment.styles, to: segment.text) }

    private func fold(_ segments: [Segment], to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        // What stands together: pieces up to one that ends with a space.
        var group: [Segment] = []
        func endGroup() {
            let columns = group.reduce(0) { $0 + DisplayWidth.of($1.text) }
            let spaces = group.last?.text.last == " " ? 1 : 0
            if used > 0, used + columns - spaces > width {
                lines.append(line)
                (line, used) = ("  ", 2)
            }
            line += group.map(draw).joined()
            used += columns
            group = []
        }
        for segment in segments {
            var rest = Substring(segment.text)
            while !rest.isEmpty {
                let end = rest.firstIndex(of: " ").map { rest.index(after: $0) } ?? rest.endIndex
                group.append((String(rest[..<end]), segment.styles))
                if rest[..<end].last == " " { endGroup() }
                rest = rest[end...]
            }
        }
        endGroup()
        return lines + [line]
    }

    /// A whole text as gone or as new.
    func lines(removed text: String) -> [String] { lines(text) { .removed($0) } }

    func lines(added text: String) -> [String] { lines(text) { .added($0) } }

    private func lines(_ text: String, _ line: (String) -> TextDiff.Line) -> [String] {
        Self.split(text).map { segments(of: line($0)).map(draw).joined() }
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func segments(of line: TextDiff.Line) -> [Segment] {
        switch line {
        case .same(let count): return [("(\(RecordText.count(count, "line")) unchanged)", [.dim])]
        case .removed(let text): return [("- \(text)", [.red])]
        case .added(let text): return [("+ \(text)", [.green])]
        case .changed(let parts):
            return [("~ ", [])]
                + parts.enumerated().map { segment(of: $1, isFirst: $0 == 0, isLast: $0 == parts.count - 1) }
        }
    }

    private func segment(of part: TextDiff.Part, isFirst: Bool, isLast: Bool) -> Segment {
        switch part {
        case .removed(let text): return ("[-\(text)-]", [.red])
        case .added(let text): return ("{+\(text)+}", [.green])
        case .same(let text):
            let length = Self.contextLength
            let kept = (isFirst ? 0 : length) + (isLast ? 0 : length)
            guard text.count > kept + 10 else { return (text, []) }
            let shown =
                (isFirst ? "" : String(text.prefix(length))) + "…"
                + (isLast ? "" : String(text.suffix(length)))
            return (shown, [])
        }
    }
}
