internal import Glibc

/// Runs a program as it is and says, on standard error, how much memory it had at most.
///
/// The system counts a process from its fork on, so that one started by a large program begins with that one's
/// peak; this one is small.
enum Peak {
    static func run(_ words: [String]) -> Never {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var process = pid_t()
        let status = posix_spawn(&process, words[0], nil, nil, &arguments, environ)
        guard status == 0 else { fail("cannot run \(words[0]): \(String(cString: strerror(status)))") }
        var ending: Int32 = 0
        var usage = rusage()
        while wait4(process, &ending, 0, &usage) < 0, errno == EINTR {}
        let line = Array("{\"peakKibibytes\":\(usage.ru_maxrss)}\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(ending & 0x7f == 0 ? ending >> 8 & 0xff : 128 + ending & 0x7f)
    }
}
