internal import Glibc
internal import Quipu

/// The program: reads its words, runs the command they call, and says how it went.
@main
struct Program {
    static func main() {
        takeStandardDescriptors()
        ProcessMemory.keepFreed()
        let terminal = Terminal.ofThisProcess()
        exit(run(terminal: terminal).rawValue)
    }

    /// Where standard input, output or error is closed, the next file to be opened would take its place, and what is
    /// printed would go into the archive. What stands there instead can be neither read nor written.
    private static func takeStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", (descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
        }
    }

    private static func run(terminal: Terminal) -> ExitCode {
        let standard = OutputWriter.standardOutput(terminal)
        let errors = OutputWriter.standardError()
        var output = Output(
            isJSON: asksForJSON(CommandLine.arguments), isQuiet: false, terminal: terminal,
            standard: standard, errors: errors)
        var code: ExitCode
        var isDone = false
        do {
            switch try CommandSet.quipu.parse(try words(), width: terminal.width) {
            case .help(let text):
                page(standard, on: terminal, errors: errors)
                standard.writeLine(text)
                code = .done
            case .version:
                standard.writeLine("quipu \(Release.version)")
                code = .done
            case .run(let command, let options):
                output = Output(
                    isJSON: options.json, isQuiet: options.quiet, terminal: terminal, standard: standard,
                    errors: errors, clock: options.utc ? .utc : .local)
                if command.isPaged, !options.noPager { page(standard, on: terminal, errors: errors) }
                if command is CompleteCommand { CompletionTime.bound() }
                code = try command.run(in: .ofThisProcess(options, output: output))
                isDone = command.leavesSomethingDone
            }
        } catch {
            code = output.report(error)
        }
        // What was printed must have arrived before this can be called done.
        do {
            try standard.finish()
        } catch  where isDone {
            output.warn("\(error.message); the command itself succeeded and need not be repeated")
        } catch {
            code = output.report(error)
        }
        return code
    }

    /// What is longer than the screen goes to a pager, where standard output is a terminal that can move its cursor.
    private static func page(_ standard: OutputWriter, on terminal: Terminal, errors: OutputWriter) {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        guard terminal.outputIsTerminal, variable("TERM") != "dumb",
            let pager = PagerPlan.command(configured: nil, variable: variable)
        else { return }
        standard.page(
            by: PagerPlan(
                command: pager.text, isChosen: pager.isChosen, columns: terminal.width, rows: terminal.rows,
                errors: errors))
    }

    /// The command's words. What is not UTF-8 would otherwise be repaired into something nobody typed.
    private static func words() throws(UsageError) -> [String] {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index] else { continue }
            guard let word = String(validatingCString: bytes) else {
                throw UsageError(
                    "word \(index) of the command line is not UTF-8",
                    hint: "use a UTF-8 locale, or rename the file")
            }
            words.append(word)
        }
        return words
    }

    /// For mistakes in the command line itself, which leave it unparsed.
    static func asksForJSON(_ words: [String]) -> Bool { words.prefix { $0 != "--" }.contains("--json") }
}
