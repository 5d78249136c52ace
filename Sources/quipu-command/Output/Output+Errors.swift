extension Output {
    /// Says on standard error what went wrong, and with which code to end.
    func report(_ error: any Error) -> ExitCode {
        // What was printed before it comes before it.
        standard.flush()
        let presentation = ErrorPresentation(error)
        if isJSON {
            errors.write(bytes: presentation.json.bytes + [UInt8(ascii: "\n")])
        } else {
            errors.writeLine(presentation.text(styling: terminal.errorStyling))
        }
        return presentation.exit
    }
}
