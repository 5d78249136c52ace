internal import QuipuStorage

/// An error as the command says it: a stable word, what happened, what to do next, and the exit code.
///
/// Each module's errors have one entry in `table`; a new one is
///
///     rule(SomeError.self) { error in
///         .init(error.code.rawValue, error.message, hint: error.hint, exit: .failed)
///     },
struct ErrorPresentation: Equatable, Sendable {
    typealias Rule = @Sendable (any Error) -> ErrorPresentation?

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
        let error = StorageError.presentable(error)
        for rule in Self.table {
            if let found = rule(error) {
                self = found
                return
            }
        }
        self.init("internal", "\(error)", hint: "this should not happen; please report it", exit: .failed)
    }

    static let table: [Rule] =
        [
            rule(UsageError.self) { .init("usage", $0.message, hint: $0.hint, exit: .usage) },
            rule(StorageError.self) { error in
                .init(
                    error.code.rawValue, error.message, hint: error.hint,
                    exit: exit(for: error.code))
            },
            rule(OutputError.self) { .init("output", $0.message, hint: $0.hint, exit: .failed) },
        ] + exchangeRules

    private static func exit(for code: StorageError.Code) -> ExitCode {
        switch code.rawValue {
        case StorageError.Code.damaged.rawValue: .damageFound
        case "database-refused": .remoteUnreachable
        default: .failed
        }
    }

    static func rule<E: Error>(
        _ type: E.Type, _ present: @escaping @Sendable (E) -> ErrorPresentation
    ) -> Rule {
        { error in (error as? E).map(present) }
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
