import Glibc

/// A program at a terminal of its own, at which a test types. It is killed with its last reference.
///
/// Used by one thread at a time.
public final class TerminalProgram {
    // TIOCSPTLCK and TIOCGPTN of Linux: what grantpt, unlockpt and ptsname do, which Glibc's module leaves out.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    public let processID: Int32
    private let terminal: Int32
    private let deadline: ContinuousClock.Instant
    private var bytes: [UInt8] = []
    /// What was waited for already.
    private var seen = 0
    private var isReaped = false

    /// - Parameters:
    ///   - words: the program's path and its arguments.
    ///   - environment: all of it; nothing is inherited.
    public init(
        _ words: [String], in folder: String, environment: [String: String], columns: UInt16 = 80,
        limitMilliseconds: Int = ChildProgram.defaultLimitMilliseconds
    ) throws {
        deadline = .now + .milliseconds(limitMilliseconds)
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (isLocked, number): (Int32, Int32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, Self.setLock, &isLocked) == 0,
            ioctl(terminal, Self.getNumber, &number) == 0
        else { throw ChildProgram.Failure(description: "the system gives no pseudo-terminal") }
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        processID = try Spawning.start(
            words, in: folder, environment: environment, atTerminal: "/dev/pts/\(number)")
    }

    deinit {
        if !isReaped {
            Glibc.kill(processID, SIGKILL)
            _ = reap()
        }
        close(terminal)
    }

    /// Types keys: "\r" is Return, "\t" Tab, "\u{3}" Ctrl-C.
    public func type(_ keys: String) {
        let keys = Array(keys.utf8)
        _ = keys.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
    }

    /// Waits until the program has printed these words, after those that were waited for before.
    public func wait(for words: String) throws {
        while true {
            let text = String(decoding: bytes[seen...], as: UTF8.self)
            if let range = text.firstRange(of: words) {
                seen += text[..<range.upperBound].utf8.count
                return
            }
            guard try readOnce() else {
                throw ChildProgram.Failure(description: "it ended and did not print '\(words)': \(output)")
            }
        }
    }

    /// Waits for its end, and returns what it gave to `exit`; 128 and the signal's number when a signal ended it.
    public func finish() throws -> Int32 {
        while try readOnce() {}
        return reap()
    }

    /// All that it printed so far.
    public var output: String { String(decoding: bytes, as: UTF8.self) }

    public func send(_ signal: Int32) { if !isReaped { Glibc.kill(processID, signal) } }

    /// False when nobody has the terminal any more.
    private func readOnce() throws -> Bool {
        let left = (deadline - .now) / .milliseconds(1)
        var event = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        guard left > 0, poll(&event, 1, Int32(left.rounded(.up))) > 0 else {
            send(SIGKILL)
            throw ChildProgram.Failure(description: "not done at its deadline; it printed: \(output)")
        }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // The end of a terminal is an error (EIO).
        let count = read(terminal, &buffer, buffer.count)
        if count > 0 { bytes += buffer[..<count] }
        return count > 0
    }

    private func reap() -> Int32 {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}
