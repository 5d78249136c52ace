internal import Quipu

extension Context {
    /// Who makes the edits: `--as`, else `QUIPU_AUTHOR`, else the setting, else the login name.
    /// - Throws: `UsageError` when that is nobody, too long or no name.
    func author() throws(UsageError) -> String {
        if let name = options.author { return try AuthorName.checked(name, source: "--as") }
        if let name = variable("QUIPU_AUTHOR") {
            return try AuthorName.checked(name, source: "QUIPU_AUTHOR")
        }
        if let name = settings.value(of: .author) { return name }
        guard let name = systemName else {
            throw UsageError(
                "no author is set for this edit",
                hint: "say it with --as NAME, or keep it: quipu config author NAME")
        }
        return try AuthorName.checked(name, source: "the login name")
    }

    private var systemName: String? { loginName() ?? variable("USER") ?? variable("LOGNAME") }

    /// Asks at a terminal for the name that goes with edits, where nobody has given one, and keeps it for all archives.
    func askForAuthor() throws {
        guard terminal.inputIsTerminal, terminal.errorIsTerminal, !output.isJSON, !output.isQuiet,
            variable("QUIPU_AUTHOR") == nil, settings.value(of: .author) == nil,
            let path = Settings.ownPath(variable: variable)
        else { return }
        let suggestion = systemName.map { " [\(TerminalSanitizer.line($0))]" } ?? ""
        for _ in 0..<3 {
            output.standard.flush()
            output.errors.write("your name, for the edits that you make\(suggestion): ")
            guard let typed = readLine(), !(typed.isEmpty && systemName == nil) else {
                output.errors.writeLine()
                return
            }
            do throws(UsageError) {
                let name = try AuthorName.checked(
                    typed.isEmpty ? systemName ?? "" : TerminalSanitizer.line(typed), source: "this")
                var file = try SettingsFile(reading: path)
                file.set(SettingKey.author.text, to: name)
                try write(file, name)
                return
            } catch { output.warn(error.message) }
        }
    }

    /// What cannot be kept stops nothing: the name is asked for again another time.
    private func write(_ file: SettingsFile, _ name: String) throws(UsageError) {
        do {
            try file.write()
            output.advise("  kept in \(file.path); change it with: quipu config author NAME")
        } catch {
            output.warn("the name was not kept: \(ErrorPresentation(error).message)")
        }
    }
}
