internal import Quipu

/// Goes with a person through the places where two texts clash: the rest of the text has both changes.
struct ClashWalk {
    let context: Context
    let pieces: ConflictPieces
    /// Whose the two sides are.
    let authors: (left: String, right: String)

    /// Nil where the person returns to the question before.
    func run() throws -> ConflictPrompt.Decision? {
        var choices: [ConflictPieces.Choice] = []
        while choices.count < pieces.clashes.count {
            show(choices.count)
            guard let typed = ask("left, right, both, edit, back") else { return nil }
            switch typed.lowercased() {
            case "": continue
            case "b": context.output.line("  type both or back")
            case let word where "left".hasPrefix(word): choices.append(.current)
            case let word where "right".hasPrefix(word): choices.append(.other)
            case let word where "both".hasPrefix(word): choices.append(.both)
            case let word where "edit".hasPrefix(word):
                guard let words = ask("these words instead") else { return nil }
                choices.append(.text(words))
            case let word where "back".hasPrefix(word):
                if choices.popLast() == nil { return nil }
            default: context.output.line("  type left, right, both, edit or back; first letters suffice")
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
        let text = "  " + words(clash.before, "…") + "[ ? ]" + words(clash.after, "", "…")
        for line in HelpLayout.fold(text, indent: 2, width: width) { output.line(style(line, .dim)) }
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
        let line = TerminalSanitizer.line(text)
        let words = (line.isEmpty ? "(no words)" : line).split(separator: " ").map(String.init)
        for line in HelpLayout.fold(words, after: "  " + title.padded(to: 9), indent: 11, width: width) {
            output.line(line.prefix(11) + output.style(String(line.dropFirst(11)), look))
        }
        if let origin { output.line(String(repeating: " ", count: 11) + output.style(origin, .dim)) }
    }

    private func ask(_ question: String) -> String? {
        context.output.standard.write("  \(question)> ")
        context.output.standard.flush()
        guard let typed = context.readLine() else {
            context.output.line()
            return nil
        }
        return String(typed.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
