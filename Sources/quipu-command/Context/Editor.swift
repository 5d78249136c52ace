internal import Glibc
internal import Quipu

/// The program in which a person changes a text.
struct Editor {
    /// A command line for the shell, as git takes it: `code --wait`.
    let command: String

    /// What is run where nobody says otherwise; the first that is installed.
    private static let usual = ["editor", "nano", "vi"]

    /// The setting, else `VISUAL`, else `EDITOR`, else what is installed.
    ///
    /// - Throws: `no-editor`.
    init(in context: Context) throws(QuipuError) {
        let folders = (context.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        let chosen =
            context.settings.value(of: .editor) ?? context.variable("VISUAL") ?? context.variable("EDITOR")
        if let chosen {
            command = chosen
            return
        }
        // Those that people do not choose need a terminal.
        guard Self.hasTerminal else {
            throw QuipuError(
                .init(rawValue: "no-editor"), "there is no terminal for an editor, and none is chosen",
                hint: "choose one: EDITOR=COMMAND; or change fields with: quipu set ID FIELD=VALUE")
        }
        let usual = Self.usual.first { name in folders.contains { access("\($0)/\(name)", X_OK) == 0 } }
        guard let usual else {
            throw QuipuError(
                .init(rawValue: "no-editor"), "there is no editor: $VISUAL and $EDITOR are not set",
                hint: "choose one: quipu config editor nano; or change fields with: quipu set ID FIELD=VALUE")
        }
        command = usual
    }

    /// Whether a person is at a terminal, who can be shown a file again.
    static var hasTerminal: Bool {
        let descriptor = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    /// Opens a file in it and waits until it ends.
    ///
    /// - Parameter remains: what is said of the file where the editor fails.
    /// - Throws: `editor-failed` where it cannot be run, or reports a failure.
    func open(_ path: String, remains: String) throws(QuipuError) {
        let status = try run(on: path)
        guard status != 0 else { return }
        throw QuipuError(
            .init(rawValue: "editor-failed"),
            status & 0x7F == 0
                ? "the editor '\(command)' ended with \(status >> 8 & 0xFF)"
                : "the editor '\(command)' was ended by a signal",
            hint: remains)
    }

    private func run(on path: String) throws(QuipuError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Ids may come from standard input, and results go to standard output: the editor gets the terminal.
        if Self.hasTerminal {
            for descriptor in [STDIN_FILENO, STDOUT_FILENO] where isatty(descriptor) == 0 {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/tty", O_RDWR, 0)
            }
        }
        var attributes = ChildProcess.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        // As system(3): what is typed at the editor does not end this program.
        let before = (signal(SIGINT, SIG_IGN), signal(SIGQUIT, SIG_IGN))
        defer {
            signal(SIGINT, before.0)
            signal(SIGQUIT, before.1)
        }
        let words = ["sh", "-c", command + " \"$@\"", command, path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        // Editors find their settings by what this process was started with.
        var environment: [UnsafeMutablePointer<CChar>?] = ChildProcess.variables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process = pid_t()
        let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &environment)
        guard failure == 0 else {
            throw QuipuError(
                .init(rawValue: "editor-failed"),
                "no editor can be run: \(String(cString: strerror(failure)))",
                hint: "choose another: quipu config editor nano; or set EDITOR")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
