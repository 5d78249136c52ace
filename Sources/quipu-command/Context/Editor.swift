internal import Glibc
internal import Quipu

/// The program in which a person changes a text: the setting, else `VISUAL`, else `EDITOR`, else vi.
struct Editor {
    private let words: [String]

    init(in context: Context) {
        let chosen =
            context.settings.value(of: .editor) ?? context.variable("VISUAL") ?? context.variable("EDITOR")
        let words = chosen.flatMap { CommandWords.split($0) } ?? []
        self.words = words.isEmpty ? ["vi"] : words
    }

    /// Opens a file in it and waits until it ends. The folder of the file is made where it is missing.
    ///
    /// - Throws: `QuipuError` where it cannot be run, or reports a failure.
    func open(_ path: String) throws {
        try SettingsFile.makeFolder(of: path)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = (words + [path]).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = ProcessVariables.all.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var process = pid_t()
        let started = posix_spawnp(&process, words[0], nil, &attributes, &arguments, &variables)
        guard started == 0 else { throw failure("cannot be run: \(String(cString: strerror(started)))") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw failure("reports a failure") }
    }

    private func failure(_ what: String) -> QuipuError {
        QuipuError(
            .init(rawValue: "editor"), "the editor '\(words[0])' \(what)",
            hint: "choose another: quipu config editor nano; or set EDITOR")
    }
}
