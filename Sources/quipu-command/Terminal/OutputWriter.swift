internal import Glibc
internal import Synchronization

/// Writes text to a stream in large pieces.
///
/// When the reader has gone (`quipu list | head`) it falls silent, and `isReaderGone` tells the command to
/// stop early; that is no failure. Anything else that goes wrong, such as a full disk, is kept and reported
/// by `finish()`: half a listing must not look like a whole one. May be called from any thread.
final class OutputWriter: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        var isReaderGone = false
        var failure: OutputError?
    }

    private let descriptor: Int32
    private let flushesLines: Bool
    private let state = Mutex(State())

    static let pieceSizeBytes = 64 * 1_024

    /// - Parameters:
    ///   - descriptor: stays the caller's; never closed here.
    ///   - flushesLines: whether each call's text goes out at once, as people at a terminal expect.
    init(descriptor: Int32, flushesLines: Bool) {
        self.descriptor = descriptor
        self.flushesLines = flushesLines
        // Without this the first write to a gone reader ends the process before it can say anything.
        signal(SIGPIPE, SIG_IGN)
    }

    static func standardOutput(_ terminal: Terminal) -> OutputWriter {
        OutputWriter(descriptor: STDOUT_FILENO, flushesLines: terminal.outputIsTerminal)
    }

    static func standardError() -> OutputWriter {
        OutputWriter(descriptor: STDERR_FILENO, flushesLines: true)
    }

    /// Whether nobody reads any more.
    var isReaderGone: Bool { state.withLock { $0.isReaderGone } }

    func write(_ text: String) {
        write(bytes: text.utf8)
    }

    func writeLine(_ text: String = "") {
        write(text + "\n")
    }

    func write(bytes: some Sequence<UInt8>) {
        state.withLock { state in
            guard !state.isReaderGone && state.failure == nil else { return }
            state.buffer.append(contentsOf: bytes)
            if flushesLines || state.buffer.count >= Self.pieceSizeBytes { empty(&state) }
        }
    }

    /// Hands over what is buffered; for output that somebody waits for.
    func flush() {
        state.withLock { empty(&$0) }
    }

    /// Flushes and reports the first failure since the beginning; a gone reader is none.
    func finish() throws(OutputError) {
        let failure = state.withLock { state in
            empty(&state)
            return state.failure
        }
        if let failure { throw failure }
    }

    private func empty(_ state: inout State) {
        var start = 0
        while start < state.buffer.count && !state.isReaderGone && state.failure == nil {
            let (written, error) = state.buffer[start...].withUnsafeBytes { bytes in
                // errno is read before anything else can change it.
                let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                return (count, errno)
            }
            if written > 0 {
                start += written
            } else if error == EAGAIN {
                // A terminal shared with a program that made it non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if error == EPIPE {
                state.isReaderGone = true
            } else if error != EINTR {
                state.failure = OutputError(number: error)
            }
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}

/// Output that could not be written whole.
struct OutputError: Error, Equatable, Sendable {
    /// As in `errno`.
    let number: Int32

    var message: String { "the output could not be written: \(String(cString: strerror(number)))" }
    var hint: String { "what was printed is incomplete; make room and run the command again" }
}
