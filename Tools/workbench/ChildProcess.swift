internal import Glibc

/// A program run to its end, and what the system counted of it.
struct ChildProcess {
    struct Outcome {
        var exitCode: Int32
        var wallMilliseconds: Double
        /// Of its own and of the system on its behalf; unlike time on the wall, nearly the same on a busy machine.
        var processorMilliseconds: Double
        /// The most memory it had at once.
        var peakKibibytes: Int
    }

    private let process: pid_t
    var processID: pid_t { process }
    private let started: Double
    /// The reading end of its standard output.
    let output: Int32

    init(_ words: [String]) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { fail("no pipe: \(String(cString: strerror(errno)))") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        defer { posix_spawn_file_actions_destroy(&actions) }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        started = Self.nowMilliseconds()
        let status = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
        guard status == 0 else { fail("cannot run \(words[0]): \(String(cString: strerror(status)))") }
        close(ends[1])
        self.process = process
        output = ends[0]
    }

    /// What it prints up to the next line end.
    func readLine() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func terminate() { kill(process, SIGTERM) }

    func wait() -> Outcome {
        var block = [UInt8](repeating: 0, count: 4_096)
        while read(output, &block, block.count) > 0 {}
        close(output)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        func milliseconds(_ time: timeval) -> Double {
            Double(time.tv_sec) * 1_000 + Double(time.tv_usec) / 1_000
        }
        return Outcome(
            exitCode: status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f,
            wallMilliseconds: Self.nowMilliseconds() - started,
            processorMilliseconds: milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
            peakKibibytes: usage.ru_maxrss)
    }

    static func nowMilliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
    }
}

/// Ends the program with a sentence.
func fail(_ message: String) -> Never {
    let line = Array("bench: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}
