internal import Quipu

/// How the resolver asks and says things: lines are broken at words, and answers may be shortened.
struct ResolverScreen {
    let context: Context

    private var output: Output { context.output }
    private var width: Int { max(20, output.terminal.width) }

    /// What is typed, without the spaces around it; nil at the end of input.
    func ask(_ question: String, indent: String = "", end: String = "> ") -> String? {
        let lines = TextWrap(columns: width - 2, indent: indent).lines(question)
        for line in lines.dropLast() { output.line(line) }
        output.standard.write((lines.last ?? "") + end)
        output.standard.flush()
        guard let typed = context.readLine() else {
            output.line()
            return nil
        }
        return String(typed.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    func say(_ text: String, indent: String = "  ") {
        for line in TextWrap(columns: width, indent: indent).lines(text) { output.line(line) }
    }

    /// What went wrong, and what to do about it.
    func report(_ error: any Error) -> ExitCode {
        let presentation = ErrorPresentation(error)
        say(TerminalSanitizer.paragraphs(presentation.message))
        if let hint = presentation.hint { say(TerminalSanitizer.paragraphs(hint)) }
        return presentation.exit
    }

    /// The one of the words that was typed, whole or its beginning; nil where that is none or several, which is said.
    func choice(_ typed: String, among words: [String]) -> String? {
        let typed = typed.lowercased()
        if words.contains(typed) { return typed }
        let fitting = words.filter { !typed.isEmpty && $0.hasPrefix(typed) }
        if fitting.count == 1 { return fitting[0] }
        if fitting.isEmpty {
            let all = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
            say("type \(all); first letters suffice where only one begins with them")
        } else {
            say("'\(typed)' may be \(fitting.joined(separator: " or ")): type more of it")
        }
        return nil
    }
}
