internal import Quipu

extension Output {
    /// Says on standard error what went wrong, and with which code to end.
    func report(_ error: any Error) -> ExitCode {
        let presentation = ErrorPresentation(error)
        if isJSON {
            standard.follow(with: presentation.json.bytes + [UInt8(ascii: "\n")], on: errors)
        } else {
            let text = presentation.text(styling: terminal.errorStyling) + "\n"
            standard.follow(with: Array(text.utf8), on: errors)
        }
        return presentation.exit
    }
}
