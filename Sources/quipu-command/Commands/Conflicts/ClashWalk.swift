internal import Quipu

/// Goes with a person through the places where two texts clash: the rest of the text has both changes.
struct ClashWalk {
    let context: Context
    let pieces: ConflictPieces
    /// Whose the two sides are.
    let authors: (left: String, right: String)

    private var screen: ResolverScreen { ResolverScreen(context: context) }

    /// Nil where the person returns to the question before.
    func run() throws -> ConflictPrompt.Decision? {
        var choices: [ConflictPieces.Choice] = []
        while choices.count < pieces.clashes.count {
            show(choices.count)
            guard let typed = screen.ask("left, right, both, edit, back", indent: "  ") else { return nil }
            if typed.isEmpty { continue }
            switch screen.choice(typed, among: ["left", "right", "both", "edit", "back"]) {
            case "left": choices.append(.current)
            case "right": choices.append(.other)
            case "both": choices.append(.both)
            case "edit":
                guard
                    let words = screen.ask(
                        "these words instead (an empty line returns to the choice)", indent: "  ")
                else { return nil }
                if !words.isEmpty { choices.append(.text(words)) }
            case "back": if choices.popLast() == nil { return nil }
            default: break
            }
        }
        return .text(pieces.text(choosing: choices), how: "pieces of both")
    }

    private func show(_ place: Int) {
        let (clash, output) = (pieces.clashes[place], context.output)
        let style = output.style
        output.line()
        output.line("  " + style("place \(place + 1) of \(pieces.clashes.count)", .bold))
        let width = max(20, output.terminal.width - 2)
        let text = words(clash.before, "…") + "[ ? ]" + words(clash.after, "", "…")
        for line in TextWrap(columns: width + 2, indent: "  ").lines(text) { output.line(style(line, .dim)) }
        row("left", clash.current, .green, output, width, "current, \(authors.left)")
        row("right", clash.other, .yellow, output, width, "1, \(authors.right)")
        row("before", clash.ancestor, .dim, output, width)
    }

    private func words(_ text: String, _ start: String, _ end: String = "") -> String {
        let line = TerminalSanitizer.line(text)
        return line.isEmpty
            ? "" : start + (start.isEmpty ? " " : "") + line + end + (start.isEmpty ? "" : " ")
    }

    private func row(
        _ title: String, _ text: String, _ look: Style, _ output: Output, _ width: Int,
        _ origin: String? = nil
    ) {
        let words = TerminalSanitizer.line(text)
        let margin = String(repeating: " ", count: 11)
        let lines = TextWrap(columns: width - 11).lines(words.isEmpty ? "(no words)" : words)
        for (number, line) in lines.enumerated() {
            output.line((number == 0 ? "  " + title.padded(to: 9) : margin) + output.style(line, look))
        }
        if let origin { output.line(margin + output.style(origin, .dim)) }
    }
}
