internal import Glibc
internal import Quipu

/// The program: reads its words, runs the command they call, and says how it went.
@main
struct Program {
    static func main() {
        ImportSource.becomeReaderIfAsked()
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
        var terminal = terminal
        let standard = OutputWriter.standardOutput(terminal)
        let errors = OutputWriter.standardError()
        var output = Output(
            isJSON: asksForJSON(CommandLine.arguments), isQuiet: false, terminal: terminal,
            standard: standard, errors: errors)
        var code: ExitCode
        var isDone = false
        do {
            var words = try words()
            // What cannot be read of the settings is said when a command needs them.
            let own = Settings.ownPath(variable: variable).map { path in
                Result { () throws(UsageError) in try SettingsFile(reading: path) }
            }
            let expanded = try (try? own?.get()).flatMap { file in
                try Aliases.expanded(words, in: CommandSet.quipu, settings: file)
            }
            let meaning = (try? own?.get()).flatMap {
                Aliases.meaning(askedFor: words, in: CommandSet.quipu, settings: $0)
            }
            words = expanded ?? meaning?.command ?? words
            switch try CommandSet.quipu.parse(words, width: terminal.width) {
            case .help(let text):
                if output.isJSON { throw UsageError(noJSONFor: "help is text") }
                page(standard, on: terminal, errors: errors, pager: (try? own?.get())?.value(of: "pager"))
                if let meaning { standard.writeLine(meaning.text + "\n") }
                standard.writeLine(text)
                code = .done
            case .version:
                if output.isJSON { throw UsageError(noJSONFor: "the version is one line of text") }
                standard.writeLine("quipu \(Release.version)")
                code = .done
            case .run(let command, let options):
                // The first is for what is wrong with the settings.
                output = Output(
                    isJSON: options.json, isQuiet: options.quiet, terminal: terminal, standard: standard,
                    errors: errors)
                let settings =
                    command is ConfigCommand || command is CompleteCommand
                    ? Settings(own: try? own?.get(), archive: nil)
                    : Settings(
                        own: try own?.get(), archive: try archiveSettings(options))
                terminal.color =
                    options.color ?? settings.value(of: .color).flatMap { ColorChoice(rawValue: $0) } ?? .auto
                let isUTC = options.utc || settings.value(of: .time) == "utc"
                output = Output(
                    isJSON: options.json, isQuiet: options.quiet, terminal: terminal, standard: standard,
                    errors: errors, clock: isUTC ? .utc : .local)
                if command.isPaged, !options.noPager {
                    page(standard, on: terminal, errors: errors, pager: settings.value(of: .pager))
                }
                if let advice = type(of: command).interruptionAdvice {
                    Interruption.notice(advice, output: output)
                }
                if command is CompleteCommand { CompletionTime.bound() }
                code = try command.run(
                    in: .ofThisProcess(options, output: output, settings: settings))
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
    private static func page(
        _ standard: OutputWriter, on terminal: Terminal, errors: OutputWriter, pager: String?
    ) {
        guard terminal.outputIsTerminal, variable("TERM") != "dumb",
            let pager = PagerPlan.command(configured: pager, variable: variable)
        else { return }
        standard.page(
            by: PagerPlan(
                command: pager.text, isChosen: pager.isChosen, columns: terminal.width, rows: terminal.rows,
                errors: errors))
    }

    /// An empty one is set.
    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// What is set for the archive that a command is about; nil where there is none yet.
    private static func archiveSettings(_ options: GlobalOptions) throws(UsageError) -> SettingsFile? {
        let named = options.archive ?? variable("QUIPU_ARCHIVE").flatMap { $0.isEmpty ? nil : $0 }
        let place = named.map { ArchivePlace.at($0) } ?? ArchivePlace.nearest(from: ".")
        return try place.map { (place) throws(UsageError) in try SettingsFile(reading: place.settingsPath) }
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
