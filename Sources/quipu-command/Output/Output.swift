/// Where a command says things, and to whom: results to standard output, the rest to standard error; text for
/// people or, with `--json`, one object a line.
///
/// Text from records and peers passes `TerminalSanitizer` before it comes here, except in `advise` and `warn`,
/// which see to it themselves. What goes to standard error first sends off what was printed before it.
struct Output: Sendable {
    let isJSON: Bool
    let isQuiet: Bool
    let terminal: Terminal
    let standard: OutputWriter
    let errors: OutputWriter

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

    func table(_ table: TextTable) {
        for text in table.lines(width: terminal.outputWidth, styling: style) { line(text) }
    }

    /// What could be done next, on standard error; nothing with `--json` or `--quiet`.
    func advise(_ text: @autoclosure () -> String) {
        guard !isJSON && !isQuiet else { return }
        standard.flush()
        errors.writeLine(TerminalSanitizer.paragraphs(text()))
    }

    /// What went wrong without stopping the command, on standard error, always.
    func warn(_ text: String) {
        standard.flush()
        if isJSON {
            let object: JSONText = ["warning": JSONText(text)]
            errors.write(bytes: object.bytes + [UInt8(ascii: "\n")])
        } else {
            errors.writeLine("quipu: warning: \(TerminalSanitizer.paragraphs(text))")
        }
    }

    /// How far a long command is, on a terminal.
    func progressLine() -> ProgressLine {
        ProgressLine(
            isOn: terminal.errorIsTerminal && !isJSON && !isQuiet, write: { [errors] in errors.write($0) })
    }
}
