internal import Glibc

/// The signals that end a server: the first lets it finish, the second does not wait.
struct StopSignals {
    private var signals = sigset_t()

    /// Holds them back from the threads that start after this, so that only `wait` sees them.
    init() {
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for the first. From then on the next ends the process as it would any other.
    func wait() {
        var signals = signals
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        endAtOnceOnNext()
    }

    /// What is committed is on the disk, and what is not was not acknowledged: a process may go at any moment. That
    /// it goes is what was asked for, so it says 0.
    private func endAtOnceOnNext() {
        for number in [SIGTERM, SIGINT] { Glibc.signal(number) { _ in _exit(0) } }
        var signals = signals
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
