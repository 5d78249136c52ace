/// A difference between two texts as lines to print: colours on a terminal that has them, `[-gone-]{+new+}`
/// elsewhere (as `git diff --word-diff` does).
struct DiffDrawing {
    /// Characters of an unchanged stretch that are shown next to a change.
    private static let contextLength = 40

    let style: Styling

    /// The lines that lead from one text to the other; both are made harmless here.
    func lines(from old: String, to new: String) -> [String] {
        TextDiff(from: TerminalSanitizer.paragraphs(old), to: TerminalSanitizer.paragraphs(new)).lines.map(
            draw)
    }

    /// A whole text as gone or as new.
    func lines(removed text: String) -> [String] { Self.split(text).map { draw(.removed($0)) } }

    func lines(added text: String) -> [String] { Self.split(text).map { draw(.added($0)) } }

    private static func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func draw(_ line: TextDiff.Line) -> String {
        switch line {
        case .same(let count): return style("(\(RecordText.count(count, "line")) unchanged)", .dim)
        case .removed(let text): return style("- \(text)", .red)
        case .added(let text): return style("+ \(text)", .green)
        case .changed(let parts):
            return "~ "
                + parts.enumerated().map { draw($1, isFirst: $0 == 0, isLast: $0 == parts.count - 1) }
                .joined()
        }
    }

    private func draw(_ part: TextDiff.Part, isFirst: Bool, isLast: Bool) -> String {
        switch part {
        case .removed(let text): return style.isOn ? style(text, .red) : "[-\(text)-]"
        case .added(let text): return style.isOn ? style(text, .green) : "{+\(text)+}"
        case .same(let text):
            let length = Self.contextLength
            let kept = (isFirst ? 0 : length) + (isLast ? 0 : length)
            guard text.count > kept + 10 else { return text }
            return (isFirst ? "" : String(text.prefix(length))) + "…"
                + (isLast ? "" : String(text.suffix(length)))
        }
    }
}
