import Glibc

/// Starts a program that inherits nothing but what it is given: signals as they are at the start of a session,
/// and of open files only its three and, as the fourth, the one whose end tells of its own.
enum Spawning {
    /// - Parameter writers: become the program's descriptors 1, 2 and 3.
    static func start(
        _ words: [String], in folder: String, environment: [String: String], input: String, writers: [Int32]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        // Moved up first, beyond all of them: one may have a number that another is to get.
        let high = max(3, writers.max() ?? 0) + 1
        for (index, writer) in writers.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, writer, high + Int32(index))
        }
        for index in writers.indices {
            posix_spawn_file_actions_adddup2(&actions, high + Int32(index), 1 + Int32(index))
        }
        // Sockets of tests that run meanwhile would otherwise stay open for as long as this program.
        _ = try extra("closefrom", CloseFrom.self)(&actions, 1 + Int32(writers.count))
        _ = try extra("chdir", ChangeFolder.self)(&actions, folder)

        return try start(words, folder, environment, actions, flags: 0)
    }

    /// The same as the first process of a session, with a terminal for its three.
    static func start(
        _ words: [String], in folder: String, environment: [String: String], atTerminal terminal: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that such a process opens becomes its own.
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        _ = try extra("closefrom", CloseFrom.self)(&actions, 3)
        _ = try extra("chdir", ChangeFolder.self)(&actions, folder)
        let newSession: Int32 = 0x80
        return try start(words, folder, environment, actions, flags: newSession)
    }

    private static func start(
        _ words: [String], _ folder: String, _ environment: [String: String],
        _ actions: posix_spawn_file_actions_t, flags: Int32
    ) throws -> pid_t {
        var actions = actions
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags))

        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var process = pid_t()
        let status = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
        guard status == 0 else {
            throw ChildProgram.Failure(
                description: "cannot run \(words[0]) in \(folder): \(String(cString: strerror(status)))")
        }
        return process
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
    private typealias ChangeFolder = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<CChar>) -> Int32

    /// `posix_spawn_file_actions_add…_np`, of glibc 2.34: Glibc's module leaves them out.
    private static func extra<Function>(_ name: String, _ type: Function.Type) throws -> Function {
        guard let function = dlsym(nil, "posix_spawn_file_actions_add\(name)_np") else {
            throw ChildProgram.Failure(description: "this system's C library is older than glibc 2.34")
        }
        return unsafeBitCast(function, to: Function.self)
    }
}
