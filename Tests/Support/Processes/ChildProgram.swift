import Glibc

/// A program that a test started, and all that it says. It is killed with its last reference and at its
/// deadline: what a test starts, a test ends.
///
/// Used by one thread at a time.
public final class ChildProgram {
    /// How it ended, and what it said.
    public struct Ending: Sendable {
        /// What it gave to `exit`; 128 and the signal's number when a signal ended it, as shells have it.
        public var exitCode: Int32
        public var outputBytes: [UInt8]
        public var errorBytes: [UInt8]

        public var output: String { String(decoding: outputBytes, as: UTF8.self) }
        public var errors: String { String(decoding: errorBytes, as: UTF8.self) }
        public var wasKilled: Bool { exitCode == 128 + SIGKILL }
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Longest that a program may take, on a busy machine and in a debug build.
    public static let defaultLimitMilliseconds = 60_000

    public let processID: Int32
    public let words: [String]
    private let deadline: ContinuousClock.Instant
    private var output: ReadingEnd
    private var errors: ReadingEnd
    /// Nothing is ever written to it: it ends when the process does, even if that has closed the others before.
    private var life: ReadingEnd
    private var unread = 0
    private var isReaped = false

    /// - Parameters:
    ///   - words: the program's path and its arguments; a program without a slash is looked for on `PATH`.
    ///   - folder: where it runs.
    ///   - environment: all of it; nothing is inherited.
    ///   - input: a file that is its standard input.
    public init(
        _ words: [String], in folder: String, environment: [String: String], input: String = "/dev/null",
        limitMilliseconds: Int = ChildProgram.defaultLimitMilliseconds
    ) throws {
        self.words = words
        deadline = .now + .milliseconds(limitMilliseconds)
        let ends = try [ReadingEnd.pipe(), ReadingEnd.pipe(), ReadingEnd.pipe()]
        defer { for (_, writer) in ends { close(writer) } }
        (output, errors, life) = (ends[0].reader, ends[1].reader, ends[2].reader)
        processID = try Spawning.start(
            words, in: folder, environment: environment, input: input, writers: ends.map(\.writer))
    }

    deinit {
        if !isReaped {
            Glibc.kill(processID, SIGKILL)
            _ = reap()
        }
        for end in [output, errors, life] { end.close() }
    }

    /// Its next line on standard output, without the line's end; nil when there is none any more.
    public func readLine() throws -> String? {
        while true {
            if let end = output.bytes[unread...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = end + 1 }
                return String(decoding: output.bytes[unread..<end], as: UTF8.self)
            }
            if output.hasEnded {
                guard unread < output.bytes.count else { return nil }
                defer { unread = output.bytes.count }
                return String(decoding: output.bytes[unread...], as: UTF8.self)
            }
            try pump()
        }
    }

    /// Waits until it has said something on standard error, or has ended.
    public func waitForErrors() throws {
        while errors.bytes.isEmpty, !errors.hasEnded { try pump() }
    }

    /// Waits until it has said these words on standard error; false when it ended without.
    public func waitUntilWarned(of words: String) throws -> Bool {
        while !String(decoding: errors.bytes, as: UTF8.self).contains(words) {
            if errors.hasEnded { return false }
            try pump()
        }
        return true
    }

    /// Asks it to end (SIGTERM).
    public func terminate() { if !isReaped { Glibc.kill(processID, SIGTERM) } }

    public func send(_ signal: Int32) { if !isReaped { Glibc.kill(processID, signal) } }

    /// Ends it as a crash or an empty battery would (SIGKILL).
    public func kill() { if !isReaped { Glibc.kill(processID, SIGKILL) } }

    /// True once it has ended; does not wait.
    public var hasEnded: Bool { life.isAtEnd }

    /// Waits for its end.
    public func finish() throws -> Ending {
        while !(output.hasEnded && errors.hasEnded && life.hasEnded) { try pump() }
        return Ending(exitCode: reap(), outputBytes: output.bytes, errorBytes: errors.bytes)
    }

    /// Waits until it has ended, or something can be read elsewhere.
    func wait(or other: ReadingEnd) throws {
        while !life.hasEnded, !other.isReadable { try pump(other) }
    }

    /// Takes what it has said, and waits for that if need be; for the other end only waits.
    private func pump(_ other: ReadingEnd? = nil) throws {
        let left = (deadline - .now) / .milliseconds(1)
        let ends = [output, errors, life] + (other.map { [$0] } ?? [])
        if left > 0, ReadingEnd.wait(for: ends, milliseconds: Int32(left.rounded(.up))) {
            for end in [\ChildProgram.output, \.errors, \.life] { self[keyPath: end].readOnce() }
            return
        }
        kill()
        throw Failure(
            description: "\(words.joined(separator: " ")): not done at its deadline; it said: "
                + String(decoding: output.bytes + errors.bytes, as: UTF8.self))
    }

    private func reap() -> Int32 {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}
