internal import Glibc

/// How the processes that read foreign bytes are started: with the descriptors that they are given and no others, ordinary
/// signals, and nothing of the user's environment.
enum ChildProcess {
    private static let variables = [
        "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", RehearsalReader.variable,
    ]

    /// - Parameters:
    ///   - arguments: behind the program's name.
    ///   - descriptors: each with the number that it has there. Of the first three, those that are not named lead nowhere.
    static func spawn(
        _ program: ReaderProgram, _ arguments: [String], _ descriptors: [(own: Int32, there: Int32)]
    ) -> (process: pid_t, failure: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (own, there) in descriptors { posix_spawn_file_actions_adddup2(&actions, own, there) }
        for standard in STDIN_FILENO...STDERR_FILENO
        where !descriptors.contains(where: { $0.there == standard }) {
            posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // In a group of its own, Ctrl-C reaches this process alone, which then ends the other.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var environment = ["LC_ALL=C.UTF-8", "SWIFT_BACKTRACE=enable=no"]
        for name in Self.variables {
            if let value = getenv(name) { environment.append("\(name)=\(String(cString: value))") }
        }
        var words: [UnsafeMutablePointer<CChar>?] = (["quipu"] + arguments).map { strdup($0) }
        words.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
        variables.append(nil)
        defer { for text in words + variables { free(text) } }
        var process = pid_t()
        let failure = posix_spawn(&process, program.path, &actions, &attributes, &words, &variables)
        return (process, failure)
    }
}
