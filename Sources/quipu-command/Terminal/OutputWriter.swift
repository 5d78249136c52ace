internal import Glibc
internal import Synchronization

/// Writes text to a stream in large pieces.
///
/// When the reader has gone (`quipu list | head`) it falls silent, and `isReaderGone` tells the command to
/// stop early; that is no failure. Anything else that goes wrong, such as a full disk, is kept and reported
/// by `finish()`: half a listing must not look like a whole one. May be called from any thread.
///
/// With a pager it keeps what fits on the screen until the end; what is longer goes to the pager as it comes. A pager
/// that cannot be run costs nothing: all is written here then.
final class OutputWriter: Sendable {
    private enum Way {
        case direct
        /// Nothing is written yet.
        case holding(PagerPlan, ScreenFill)
        case paged(Pager)
    }

    private struct State {
        var buffer: [UInt8] = []
        var isReaderGone = false
        var failure: OutputError?
        var way = Way.direct
        /// All that a pager was given, until it is certain that there is one: the pipe to it holds less.
        var given: [UInt8]?
        /// What others want to say after all that is written here.
        var later: [(stream: OutputWriter, bytes: [UInt8])] = []
    }

    private let descriptor: Int32
    private let flushesLines: Bool
    private let state = Mutex(State())

    static let pieceSizeBytes = 64 * 1_024
    /// To a pager smaller pieces, as somebody waits for the first screen.
    private static let pagedPieceSizeBytes = 4_096
    private static let mostKeptBytes = 4 * pieceSizeBytes

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

    /// Whether a pager has the screen.
    var isPaged: Bool {
        state.withLock { state in
            if case .paged = state.way { true } else { false }
        }
    }

    /// Shows what follows in a pager if it is longer than the screen.
    func page(by plan: PagerPlan) {
        state.withLock { $0.way = .holding(plan, ScreenFill(columns: plan.columns, rows: plan.rows)) }
    }

    func write(_ text: String) {
        write(bytes: text.utf8)
    }

    func writeLine(_ text: String = "") {
        write(text + "\n")
    }

    func write(bytes: some Sequence<UInt8>) {
        state.withLock { state in
            guard !state.isReaderGone && state.failure == nil else { return }
            let start = state.buffer.count
            state.buffer.append(contentsOf: bytes)
            switch state.way {
            case .direct:
                if flushesLines || state.buffer.count >= Self.pieceSizeBytes { empty(&state) }
            case .holding(let plan, var fill):
                fill.add(String(decoding: state.buffer[start...], as: UTF8.self))
                state.way = .holding(plan, fill)
                if fill.isOver { startPager(plan, &state) }
            case .paged:
                if state.buffer.count >= Self.pagedPieceSizeBytes { empty(&state) }
            }
        }
    }

    /// Hands over what is buffered; for output that somebody waits for.
    func flush() {
        state.withLock { state in
            if case .holding = state.way { return }
            empty(&state)
        }
    }

    /// Writes to another stream after all that was written here: at once, or when the pager has ended.
    func follow(with bytes: [UInt8], on stream: OutputWriter) {
        let waits = state.withLock { state in
            if case .direct = state.way {
                empty(&state)
                return false
            }
            state.later.append((stream, bytes))
            return true
        }
        if !waits { stream.write(bytes: bytes) }
    }

    /// Flushes, waits for the pager, and reports the first failure since the beginning; a gone reader is none.
    func finish() throws(OutputError) {
        let (failure, later) = state.withLock { state in
            if case .holding = state.way { state.way = .direct }
            empty(&state)
            if case .paged(let pager) = state.way { end(pager, &state) }
            defer { state.later = [] }
            return (state.failure, state.later)
        }
        for (stream, bytes) in later { stream.write(bytes: bytes) }
        if let failure { throw failure }
    }

    private func startPager(_ plan: PagerPlan, _ state: inout State) {
        do throws(OutputError) {
            state.way = .paged(try Pager(plan.command))
            state.given = []
        } catch {
            state.way = .direct
            if plan.isChosen { noteMissing(plan.command, plan.errors, error.reason, &state) }
        }
        empty(&state)
    }

    /// Where there was no pager, its text is written here.
    private func end(_ pager: Pager, _ state: inout State) {
        state.way = .direct
        if pager.finish() {
            state.isReaderGone = true
            state.buffer.removeAll()
            return
        }
        guard let given = state.given else { return }
        (state.given, state.isReaderGone) = (nil, false)
        state.buffer = given + state.buffer
        empty(&state)
    }

    private func noteMissing(
        _ command: String, _ stream: OutputWriter, _ reason: String, _ state: inout State
    ) {
        let name = TerminalSanitizer.line(command)
        state.later.append(
            (stream, Array("quipu: warning: the pager '\(name)' cannot be run: \(reason)\n".utf8)))
    }

    private func empty(_ state: inout State) {
        var target = descriptor
        var pager: Pager?
        if case .paged(let running) = state.way { (pager, target) = (running, running.descriptor) }
        var start = 0
        while start < state.buffer.count && !state.isReaderGone && state.failure == nil {
            let (written, error) = state.buffer[start...].withUnsafeBytes { bytes in
                // errno is read before anything else can change it.
                let count = Glibc.write(target, bytes.baseAddress, bytes.count)
                return (count, errno)
            }
            if written > 0 {
                if state.given?.count ?? 0 > Self.mostKeptBytes { state.given = nil }
                state.given?.append(contentsOf: state.buffer[start..<start + written])
                start += written
            } else if error == EAGAIN {
                // A terminal shared with a program that made it non-blocking.
                var ready = pollfd(fd: target, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if error == EPIPE {
                if let pager {
                    state.buffer.removeFirst(start)
                    end(pager, &state)
                    return
                }
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

    var reason: String { String(cString: strerror(number)) }
    var message: String { "the output could not be written: \(reason)" }
    var hint: String { "what was printed is incomplete; make room and run the command again" }
}
