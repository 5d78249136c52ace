internal import Glibc
internal import Quipu

/// A person's editor on a temporary file, which nobody else can read.
///
/// The file is removed by `remove`; whoever does not call it leaves it for the person, and says where it is.
struct TextEditor {
    /// A command line for the shell: `code --wait`.
    let command: String
    /// The file.
    let path: String

    /// What is run where nobody says otherwise; the first that is installed.
    private static let usual = ["editor", "nano", "vi"]
    private static let longestFileBytes = 64 << 20

    /// - Parameters:
    ///   - text: what is edited.
    ///   - suffix: of the file's name, by which editors know what it is.
    init(text: String, suffix: String, in context: Context) throws {
        command = try Self.command(in: context)
        path = try Self.create(suffix, in: context)
        try write(text)
    }

    private static func command(in context: Context) throws(QuipuError) -> String {
        for name in ["VISUAL", "EDITOR"] { if let command = context.variable(name) { return command } }
        let folders = (context.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        for name in usual where folders.contains(where: { access("\($0)/\(name)", X_OK) == 0 }) {
            return name
        }
        throw QuipuError(
            .init(rawValue: "no-editor"), "there is no editor: $VISUAL and $EDITOR are not set",
            hint: "set EDITOR, as in EDITOR=nano; or change fields with: quipu set ID FIELD=VALUE")
    }

    private static func create(_ suffix: String, in context: Context) throws(QuipuError) -> String {
        let folder = context.variable("XDG_RUNTIME_DIR") ?? context.variable("TMPDIR") ?? "/tmp"
        var name = Array("\(folder)/quipu-XXXXXX\(suffix)".utf8CString)
        // For its owner alone.
        let descriptor = mkstemps(&name, Int32(suffix.utf8.count))
        guard descriptor >= 0 else {
            throw QuipuError(
                .inputOutput,
                "no temporary file can be made in \(folder): \(String(cString: strerror(errno)))",
                hint: "set TMPDIR to a folder that can be written")
        }
        close(descriptor)
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ text: String) throws(QuipuError) {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("written") }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("written") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// What the file holds now, with line ends as LF; nil where it is no UTF-8.
    func read() throws(QuipuError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            if count == 0 { break }
            bytes += block[..<count]
            guard bytes.count <= Self.longestFileBytes else {
                throw QuipuError(.tooLarge, "the edited file is too long", hint: "it is kept: \(path)")
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.utf8.contains(0x0D) ? String(decoding: Self.withLineFeeds(bytes), as: UTF8.self) : text
    }

    private static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
        bytes.indices.compactMap { index in
            bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? nil : bytes[index]
        }
    }

    private func failure(_ what: String) -> QuipuError {
        QuipuError(
            .inputOutput, "the temporary file \(path) cannot be \(what): \(String(cString: strerror(errno)))",
            hint: "nothing was changed in the archive")
    }

    /// Runs the editor and returns what it leaves.
    ///
    /// - Throws: `QuipuError` when the editor fails, or leaves no text; the file is kept.
    func run() throws(QuipuError) -> String {
        let status = try start()
        guard status == 0 else {
            throw QuipuError(
                .init(rawValue: "editor-failed"),
                status & 0x7F == 0
                    ? "the editor '\(command)' ended with \(status >> 8 & 0xFF)"
                    : "the editor '\(command)' was ended by a signal",
                hint: "nothing was changed; what it left is kept: \(path)")
        }
        guard let text = try read() else {
            throw QuipuError(
                .wrongType, "the editor left a file that is not UTF-8 text",
                hint: "nothing was changed; the file is kept: \(path)")
        }
        return text
    }

    func remove() { unlink(path) }

    /// Whether a person is at a terminal, who can be shown the file again.
    static var hasTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    private func start() throws(QuipuError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Ids may come from standard input, and results go to standard output: the editor gets the terminal.
        if Self.hasTerminal {
            for descriptor in [STDIN_FILENO, STDOUT_FILENO] where isatty(descriptor) == 0 {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/tty", O_RDWR, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        // As system(3): what is typed at the editor does not end this program.
        let before = (signal(SIGINT, SIG_IGN), signal(SIGQUIT, SIG_IGN))
        defer {
            signal(SIGINT, before.0)
            signal(SIGQUIT, before.1)
        }
        let words = ["sh", "-c", command + " \"$@\"", command, path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = Self.environment().map { strdup($0) } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process = pid_t()
        let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &environment)
        guard failure == 0 else {
            throw QuipuError(
                .init(rawValue: "editor-failed"),
                "no editor can be run: \(String(cString: strerror(failure)))",
                hint: "set EDITOR, as in EDITOR=nano")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// What this process was started with: editors find their settings by it.
    private static func environment() -> [String] {
        let descriptor = open("/proc/self/environ", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            bytes += block[..<count]
        }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
