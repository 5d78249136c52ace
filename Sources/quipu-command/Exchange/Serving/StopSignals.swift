internal import Glibc

/// The signals that end a server: the first lets it finish, the second does not wait. A hang-up may mean something
/// else.
struct StopSignals {
    private var signals = sigset_t()

    /// Holds them back from the threads that start after this, so that only `wait` sees them.
    ///
    /// - Parameter withHangup: SIGHUP does not end the server, as the closing of its terminal otherwise does.
    init(withHangup: Bool = false) {
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        if withHangup { sigaddset(&signals, SIGHUP) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for the first. From then on the next ends the process as it would any other.
    func wait(onHangup: () -> Void = {}) {
        var signals = signals
        var signal: Int32 = 0
        while sigwait(&signals, &signal) == 0, signal == SIGHUP { onHangup() }
        endAtOnceOnNext()
    }

    /// Waits for the first, or until the time is over.
    ///
    /// - Parameter seconds: how long still; asked again at least once a minute, since the wait itself stops while the machine
    ///   sleeps.
    func waitAtMost(seconds: () -> Int) {
        var signals = signals
        while case let left = seconds(), left > 0 {
            var time = timespec(tv_sec: min(left, 60), tv_nsec: 0)
            let signal = sigtimedwait(&signals, nil, &time)
            TypedInterrupt.endLine(after: signal)
            if signal > 0 { break }
        }
        endAtOnceOnNext()
    }

    /// Ends the wait, from any thread.
    static func stop() { kill(getpid(), SIGTERM) }

    /// What is committed is on the disk, and what is not was not acknowledged: a process may go at any moment. That
    /// it goes is what was asked for, so it says 0.
    private func endAtOnceOnNext() {
        for number in [SIGTERM, SIGINT] { Glibc.signal(number) { _ in _exit(0) } }
        var signals = signals
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
