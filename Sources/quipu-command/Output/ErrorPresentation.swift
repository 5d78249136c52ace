internal import Quipu

/// An error as the command says it: a stable word, what happened, what to do next, and the exit code.
struct ErrorPresentation: Equatable, Sendable {
    let code: String
    let message: String
    let hint: String?
    let exit: ExitCode

    init(_ code: String, _ message: String, hint: String?, exit: ExitCode) {
        self.code = code
        self.message = message
        self.hint = hint
        self.exit = exit
    }

    init(_ error: any Error) {
        switch error {
        case let error as UsageError: self.init("usage", error.message, hint: error.hint, exit: .usage)
        case let error as OutputError: self.init("output", error.message, hint: error.hint, exit: .failed)
        default: self.init(QuipuError(error))
        }
    }

    private init(_ error: QuipuError) {
        let code = error.code.rawValue
        let hint = ErrorHints.text(for: error)
        switch error.origin {
        case .archive:
            let exit: ExitCode =
                error.code == .damaged
                ? .damageFound : code == "database-refused" ? .remoteUnreachable : .failed
            self.init(code, error.message, hint: hint, exit: exit)
        case .mirror: self.init(code, error.message, hint: hint, exit: Self.exit(ofMirror: code))
        case .message: self.init(code, error.message, hint: hint, exit: .remoteUnreachable)
        case .file: self.init(code, error.message, hint: hint, exit: .failed)
        case .database:
            self.init(code, error.message, hint: hint, exit: error.isPassing ? .remoteUnreachable : .failed)
        case .listenAddress: self.init("listen-refused", error.message, hint: hint, exit: .usage)
        case .listening: self.init("cannot-listen", error.message, hint: hint, exit: .failed)
        case .unknown:
            self.init(code, error.message, hint: "this should not happen; please report it", exit: .failed)
        }
    }

    private static func exit(ofMirror code: String) -> ExitCode {
        switch code {
        // A message that cannot be read there, like one that cannot be read here, was changed on the way.
        case "remote-unreachable", "connection-cut", "not-a-quipu-server", "moved", "database-refused",
            "busy",
            "malformed-message", "too-many-requests", "overloaded", "too-large":
            .remoteUnreachable
        case "damaged": .damageFound
        default: .failed
        }
    }

    /// For people: "quipu: what happened" and the hint below it.
    func text(styling: Styling) -> String {
        let first = styling("quipu:", .bold, .red) + " " + TerminalSanitizer.paragraphs(message)
        guard let hint else { return first }
        let lines = TerminalSanitizer.paragraphs(hint).split(
            separator: "\n", omittingEmptySubsequences: false)
        return ([first] + lines.map { "  \($0)" }).joined(separator: "\n")
    }

    var json: JSONText { ["error": JSONText(code), "message": JSONText(message), "hint": JSONText(hint)] }
}
