internal import Glibc
internal import Synchronization

/// Where the tutorial happens: a folder for each person in one that is thrown away, and the terminal.
struct TutorialStage {
    /// The tutorial ends here.
    struct Stop: Error {
        let isFailure: Bool
    }

    static let people = ["ana", "ben"]

    let folder: String
    /// Whether somebody is there to press a key.
    let waits: Bool
    private let context: Context
    private let width: Int

    init(_ context: Context) throws {
        self.context = context
        waits = context.terminal.inputIsTerminal && context.terminal.outputIsTerminal
        width = min(context.terminal.width, 80)
        var template = Array("\(context.variable("TMPDIR") ?? "/tmp")/quipu-tutorial-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw UsageError(
                "no folder can be made for the tutorial: \(String(cString: strerror(errno)))",
                hint: "set TMPDIR to a folder that you can write to")
        }
        folder = String(cString: made)
        TutorialSignals.notice()
    }

    func path(_ parts: String...) -> String {
        ([folder] + parts.filter { !$0.isEmpty }).joined(separator: "/")
    }

    /// Gives each person a home, and Ana the file.
    func prepare() throws {
        for person in Self.people { mkdir(path(person), 0o700) }
        let descriptor = open(path("ana", "articles.jsonl"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Stop(isFailure: true) }
        defer { close(descriptor) }
        let file = OutputWriter(descriptor: descriptor, flushesLines: false)
        file.write(TutorialLesson.sample)
        try file.finish()
    }

    /// Removes the folder and all in it.
    func remove() { Self.remove(folder) }

    private static func remove(_ folder: String) {
        if let listing = opendir(folder) {
            defer { closedir(listing) }
            while let entry = readdir(listing) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                // What is a folder is not unlinked.
                if name != ".", name != "..", unlink("\(folder)/\(name)") != 0 { remove("\(folder)/\(name)") }
            }
        }
        rmdir(folder)
    }

    /// A paragraph.
    func say(_ text: String) {
        let standard = context.output.standard
        standard.writeLine()
        for line in HelpLayout.fold(text, indent: 0, width: width) { standard.writeLine(line) }
    }

    func ask(_ question: String) {
        context.output.standard.write("\n" + question)
        context.output.standard.flush()
    }

    /// Waits until somebody presses Return, on a terminal.
    ///
    /// - Throws: `Stop` when they have had enough.
    func pause() throws {
        if TutorialSignals.isGiven { throw Stop(isFailure: false) }
        guard waits else { return }
        ask(context.output.style("Press Return to go on; q ends.", .dim))
        var key: UInt8 = 0
        var isEnding = false
        repeat {
            // A signal that came just before the wait does not interrupt it, so it is looked for again.
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            while !TutorialSignals.isGiven, poll(&input, 1, 200) == 0 {}
            // Interrupted, or the end of input.
            guard !TutorialSignals.isGiven, read(STDIN_FILENO, &key, 1) == 1 else {
                throw Stop(isFailure: false)
            }
            if key == UInt8(ascii: "q") { isEnding = true }
        } while key != UInt8(ascii: "\n")
        if isEnding { throw Stop(isFailure: false) }
    }

    /// Shows a command as somebody would type it and runs it, with what it prints.
    ///
    /// - Parameter place: below the person's home.
    /// - Throws: `Stop` when it ends with another code.
    func run(_ person: String, _ place: String, _ words: [String], exit expected: ExitCode = .done) throws {
        let standard = context.output.standard
        let line = (["quipu"] + words.map(Self.quoted)).joined(separator: " ")
        standard.writeLine()
        standard.writeLine(
            context.output.style("\(person)\(place.isEmpty ? "" : "/" + place)$ \(line)", .bold))
        standard.flush()
        guard let code = try status(of: words, person, path(person, place)) else {
            throw Stop(isFailure: false)
        }
        if code != expected.rawValue {
            say("This should have ended with exit code \(expected.rawValue) and ended with \(code).")
            throw Stop(isFailure: true)
        }
    }

    /// How the command ended; nil where it was interrupted.
    private func status(of words: [String], _ person: String, _ place: String) throws -> Int32? {
        guard chdir(place) == 0 else { throw Stop(isFailure: true) }
        var attributes = ChildProcess.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        let inherited = [
            "PATH", "TERM", "LANG", "LC_ALL", "COLUMNS", "NO_COLOR", "TMPDIR", "LD_LIBRARY_PATH",
            "LD_PRELOAD", "TZ",
        ]
        let variables =
            inherited.compactMap { name in context.variable(name).map { "\(name)=\($0)" } }
            + ["HOME=\(path(person))", "QUIPU_AUTHOR=\(person)", "QUIPU_PAGER=cat"]
        var arguments: [UnsafeMutablePointer<CChar>?] = (["quipu"] + words).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process = pid_t()
        guard posix_spawn(&process, "/proc/self/exe", nil, &attributes, &arguments, &environment) == 0 else {
            throw Stop(isFailure: true)
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if TutorialSignals.isGiven || status & 0x7f != 0 { return nil }
        return status >> 8 & 0xff
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "_./:=@%+,-".utf8.contains(byte)
        }
        return plain && !word.isEmpty ? word : "'\(word)'"
    }
}

/// The signals that end the tutorial: it then puts its folder away.
private enum TutorialSignals {
    private static let given = Atomic(false)

    static var isGiven: Bool { given.load(ordering: .relaxed) }

    /// What waits is interrupted, so nothing is restarted.
    static func notice() {
        var action = sigaction()
        action.__sigaction_handler = .init(sa_handler: { _ in
            TutorialSignals.given.store(true, ordering: .relaxed)
        })
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaction(signal, &action, nil) }
    }
}
