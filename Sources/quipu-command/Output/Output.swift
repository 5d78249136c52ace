internal import Quipu

/// Where a command says things, and to whom: results to standard output, the rest to standard error; text for
/// people or, with `--json`, one object a line.
///
/// Text from records and peers passes `TerminalSanitizer` before it comes here, except in `advise` and `warn`,
/// which see to it themselves. What goes to standard error comes after what was printed before it: where a pager shows
/// that, after the pager.
struct Output: Sendable {
    let isJSON: Bool
    let isQuiet: Bool
    let terminal: Terminal
    let standard: OutputWriter
    let errors: OutputWriter
    /// In which zone people read times; programs read UTC.
    var clock = ClockZone.utc

    /// Looks for what goes to standard output.
    var style: Styling { terminal.outputStyling }

    /// Nobody reads any more (`quipu list | head`): stop early.
    var isReaderGone: Bool { standard.isReaderGone }

    /// A result for programs; nothing without `--json`.
    func json(_ object: @autoclosure () -> JSONText) {
        guard isJSON else { return }
        standard.write(bytes: object().bytes + [UInt8(ascii: "\n")])
    }

    /// A result that was asked for, also with `--quiet`; nothing with `--json`.
    func line(_ text: @autoclosure () -> String = "") {
        if !isJSON { standard.writeLine(text()) }
    }

    /// What was done, in words, on standard output; nothing with `--json` or `--quiet`.
    func remark(_ text: @autoclosure () -> String) {
        if !isJSON && !isQuiet { standard.writeLine(text()) }
    }

    /// Columns to break texts at; nil for a file or a pipe, which get each paragraph as one line.
    var textWidth: Int? { terminal.outputWidth.map { min($0, Self.widestText) } }

    /// Wider lines are hard to read.
    private static let widestText = 80

    func table(_ table: TextTable) {
        for text in table.lines(width: terminal.outputWidth, styling: style) { line(text) }
    }

    /// What could be done next, on standard error; nothing with `--json` or `--quiet`.
    func advise(_ text: @autoclosure () -> String) {
        guard !isJSON && !isQuiet else { return }
        say(TerminalSanitizer.paragraphs(text()) + "\n")
    }

    /// What went wrong without stopping the command, on standard error, always.
    func warn(_ text: String) {
        if isJSON {
            let object: JSONText = ["warning": JSONText(text)]
            standard.follow(with: object.bytes + [UInt8(ascii: "\n")], on: errors)
        } else {
            say("quipu: warning: \(TerminalSanitizer.paragraphs(text))\n")
        }
    }

    private func say(_ text: String) { standard.follow(with: Array(text.utf8), on: errors) }

    /// How far a long command is, on a terminal.
    func progressLine() -> ProgressLine {
        ProgressLine(
            isOn: terminal.errorIsTerminal && !isJSON && !isQuiet,
            // While a pager has the screen, nothing else writes on it.
            write: { [errors, standard] text in if !standard.isPaged { errors.write(text) } })
    }
}
