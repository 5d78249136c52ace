internal import Quipu
internal import Synchronization

/// One line on standard error that says how far a long command is, rewritten in place; nothing at all when
/// standard error is no terminal or the person asked for quiet.
///
/// May be called from any thread. `clear()` must come before anything else is printed.
final class ProgressLine: Sendable {
    private struct State {
        var isShown = false
        var lastMilliseconds = Int64.min
        /// What was measured first of the work under way.
        var first: (measure: ProgressMeasure, milliseconds: Int64)?
    }

    private let isOn: Bool
    private let width: @Sendable () -> Int
    private let write: @Sendable (String) -> Void
    private let milliseconds: @Sendable () -> Int64
    private let state = Mutex(State())

    /// More often than this nobody can read it, and the terminal would slow the work down.
    static let leastIntervalMilliseconds: Int64 = 100

    /// - Parameters:
    ///   - write: puts text on standard error at once.
    ///   - milliseconds: a clock that only goes forward.
    init(
        isOn: Bool, width: @escaping @Sendable () -> Int = Terminal.currentWidth,
        write: @escaping @Sendable (String) -> Void,
        milliseconds: @escaping @Sendable () -> Int64 = LocalMachine.monotonicMilliseconds
    ) {
        self.isOn = isOn
        self.width = width
        self.write = write
        self.milliseconds = milliseconds
    }

    /// Shows the text in place of the last one, unless that is too recent.
    func show(_ text: @autoclosure () -> String) {
        guard isOn else { return }
        let isDue = state.withLock { state in
            let now = milliseconds()
            if state.isShown && now - state.lastMilliseconds < Self.leastIntervalMilliseconds { return false }
            state.isShown = true
            state.lastMilliseconds = now
            return true
        }
        guard isDue else { return }
        // One column stays free: some terminals wrap when the last is written to.
        let line = DisplayWidth.cut(TerminalSanitizer.line(text()), to: width() - 1)
        write("\r\(line)\u{1B}[K")
    }

    /// The same with the share, the rate and the time left behind it, as far as they are known.
    func show(_ text: @autoclosure () -> String, _ measure: ProgressMeasure) {
        guard isOn else { return }
        let rate = state.withLock { state in
            let now = milliseconds()
            // Another task starts the measurement again.
            if let first = state.first,
                first.measure.unit != measure.unit || measure.amount < first.measure.amount
                    || (measure.fraction == nil) != (first.measure.fraction == nil)
            {
                state.first = nil
            }
            let first = state.first ?? (measure, now)
            state.first = first
            return measure.text(since: first.measure, milliseconds: now - first.milliseconds)
        }
        show("\(text())\(rate.isEmpty ? "" : ", ")\(rate)…")
    }

    /// Takes the line away, if there is one.
    func clear() {
        guard isOn else { return }
        let wasShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown { write("\r\u{1B}[K") }
    }
}
