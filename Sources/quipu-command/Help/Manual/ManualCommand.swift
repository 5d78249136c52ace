internal import Glibc

/// Writes the pages of the manual into a folder, which packages are made from.
struct ManualCommand: Command {
    static let declaration = CommandDeclaration(
        "manual", abstract: "write the pages of the manual into a folder",
        arguments: [.positional("DIR", "an existing folder", takes: .folder)], example: "quipu manual man")

    private let folder: String

    init(_ values: ParsedArguments) throws(UsageError) { folder = values.argument("DIR") }

    func run(in context: Context) throws -> ExitCode {
        for page in CommandSet.quipu.manual(date: Release.manualDate) {
            let path = "\(folder)/\(page.fileName)"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw UsageError(
                    "\(TerminalSanitizer.line(path)) cannot be written: \(String(cString: strerror(errno)))",
                    hint: "give an existing folder")
            }
            defer { close(descriptor) }
            let file = OutputWriter(descriptor: descriptor, flushesLines: false)
            file.write(page.text)
            try file.finish()
        }
        return .done
    }
}
