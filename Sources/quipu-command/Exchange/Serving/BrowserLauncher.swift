internal import Glibc
internal import Quipu

/// Opens a file in the person's browser.
struct BrowserLauncher {
    /// A command line, in which `%s` stands for what is opened; what is opened follows it where there is no `%s`.
    private let commands: [String]
    /// Programs that open what a desktop has a program for.
    private static let openers = ["xdg-open", "gio open", "sensible-browser"]

    /// `$BROWSER`, which may have several commands with colons between them; else what the desktop has, where there is one.
    init(in context: Context) {
        if let named = context.variable("BROWSER") {
            commands = named.split(separator: ":").map(String.init)
            return
        }
        let hasScreen = context.variable("DISPLAY") != nil || context.variable("WAYLAND_DISPLAY") != nil
        commands = hasScreen ? Self.openers : []
    }

    /// Tries one command after the other.
    ///
    /// - Returns: whether one was started. It is not waited for longer than it takes to see that it failed at once.
    func open(_ path: String) -> Bool { commands.contains { start($0, "file://" + Self.encoded(path)) } }

    private static func encoded(_ path: String) -> String {
        path.utf8.map { byte in
            let isPlain =
                48...57 ~= byte || 65...90 ~= byte || 97...122 ~= byte || "-._~/".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
        }.joined()
    }

    private func start(_ command: String, _ place: String) -> Bool {
        var words = command.split(separator: " ").map { $0.replacing("%s", with: place) }.map(String.init)
        guard !words.isEmpty else { return false }
        if !command.contains("%s") { words.append(place) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // What a browser says is about the browser.
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var attributes = ChildProcess.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        // A Ctrl-C that ends this program does not end the browser.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = ChildProcess.variables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process = pid_t()
        guard posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &environment) == 0 else {
            return false
        }
        return Self.lives(process)
    }

    /// An opener that finds no program ends soon, with a failure.
    private static func lives(_ process: pid_t) -> Bool {
        var status: Int32 = 0
        for _ in 0..<20 {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status == 0 }
            if ended < 0, errno != EINTR { return true }
            var pause = timespec(tv_sec: 0, tv_nsec: 25_000_000)
            nanosleep(&pause, nil)
        }
        return true
    }
}
