internal import CQuipuLinux
internal import Glibc
internal import QuipuThreads

/// Another program that reads a foreign file for this one, as `pdftotext` does: confined like a process of our own, with the
/// file as its standard input, and nothing but its output taken.
struct ConfinedProgram {
    /// The only ones, each with its arguments.
    private static let known: [String: [String]] = [
        "pdftotext": ["-enc", "UTF-8", "-", "-"], "pdfinfo": ["-isodates", "-enc", "UTF-8", "-"],
    ]
    private static let folders = ["/usr/bin", "/usr/local/bin"]
    private static let maximumOutputBytes = SourceLimits.maximumFileBytes

    let name: String

    static func path(of name: String) -> String? {
        folders.map { $0 + "/" + name }.first { access($0, X_OK) == 0 }
    }

    /// What it writes about a file.
    /// - Parameter input: is read from where it stands.
    func output(
        of input: Int32, named source: String, _ program: ReaderProgram,
        _ limits: ReaderLimits = ReaderLimits()
    ) throws(InterchangeError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw FileOpening.failure("read", source, errno) }
        defer { close(ends[0]) }
        let child = ChildProcess.spawn(program, [ReaderProcess.word, name], [(input, 0), (ends[1], 1)])
        close(ends[1])
        guard child.failure == 0 else {
            throw failure(source, "it cannot be started: \(FileOpening.words(child.failure))")
        }
        var ended = false
        var status: Int32 = 0
        func end() {
            if ended { return }
            ended = true
            kill(child.process, SIGKILL)
            while waitpid(child.process, &status, 0) < 0 && errno == EINTR {}
        }
        defer { end() }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            var poll = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            let ready = Glibc.poll(&poll, 1, Int32(clamping: limits.silenceMilliseconds))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { throw failure(source, "nothing was heard of it for long") }
            let count = read(ends[0], &block, block.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            bytes += block[..<count]
            guard bytes.count <= Self.maximumOutputBytes else {
                throw failure(source, "its text is longer than \(Self.maximumOutputBytes) bytes")
            }
        }
        ended = true
        while waitpid(child.process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw failure(source, "it cannot read the file (status \(status))") }
        return bytes
    }

    private func failure(_ source: String, _ words: String) -> InterchangeError {
        InterchangeError(
            code: .unreadable, operation: "read", path: source, message: "\(name): \(words)",
            hint: "Check the file with a program that shows it.")
    }

    /// Becomes the program. Returns only where that fails.
    static func become(_ name: String) {
        guard let arguments = known[name], let path = path(of: name) else { return }
        quipu_close_from(UInt32(STDERR_FILENO) + 1)
        guard Confinement.begin(execs: true) else { return }
        var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) }
        words.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = [strdup("LC_ALL=C.UTF-8"), nil]
        execve(path, &words, &variables)
    }
}
