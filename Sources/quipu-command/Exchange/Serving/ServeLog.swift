internal import Glibc
internal import Quipu

/// Where `serve` logs, and how: a line a request, and what goes wrong.
struct ServeLog {
    static let options: [OptionDeclaration] = [
        .option(
            "log", value: "FILE", "append a line for each request to this file; '-' is standard error",
            takes: .file),
        .option(
            "log-format", value: "FORM", "text or json (default json; on a terminal text)",
            choices: ServerLog.Format.allCases.map(\.rawValue)),
    ]

    private let path: String?
    private let format: ServerLog.Format?

    init(_ values: ParsedArguments) throws(UsageError) {
        path = values.option("log")
        format = values.option("log-format").flatMap { ServerLog.Format(rawValue: $0) }
        if path == "" { throw UsageError("--log names no file", hint: "give one, or '-' for standard error") }
    }

    /// Nil where nobody asked for one: at a terminal, and with `--quiet`.
    func open(in context: Context) throws -> ServerLog? {
        let toErrors = path == nil || path == "-"
        let atTerminal = toErrors && context.terminal.errorIsTerminal
        if path == nil && (atTerminal || context.output.isQuiet) { return nil }
        var descriptor = STDERR_FILENO
        if let path, !toErrors {
            descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            guard descriptor >= 0 else {
                throw UsageError(
                    "the log \(path) cannot be written: \(String(cString: strerror(errno)))",
                    hint: "check its folder and permissions")
            }
        }
        let logger = ServerLog(
            descriptor: descriptor, ownsDescriptor: !toErrors, format: format ?? (atTerminal ? .text : .json),
            in: context.environment)
        guard let logger else {
            throw UsageError(
                "no thread could be started for the log", hint: "look at the limits (ulimit -a)")
        }
        return logger
    }
}
