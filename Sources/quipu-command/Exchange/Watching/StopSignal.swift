internal import Glibc
internal import QuipuHTTPServer
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// SIGINT and SIGTERM as something that a loop waits for, and that ends what is under way.
///
/// To be made before any other thread: all inherit that the signals are blocked, so that only its own sees them.
final class StopSignal: Sendable {
    private struct State {
        var isGiven = false
        var endings: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Readable from the signal on.
    let wake: WakeUp

    init() throws {
        guard let wake = WakeUp() else { throw StorageError.noResources }
        self.wake = wake
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        // Not joined: it waits for a signal until the process ends.
        let thread = JoinableThread {
            var (awaited, signal): (sigset_t, Int32) = (awaited, 0)
            sigwait(&awaited, &signal)
            self.give()
            // Who asks twice does not want to wait for what is under way. All that is done is on the disk.
            sigwait(&awaited, &signal)
            _exit(ExitCode.done.rawValue)
        }
        if thread == nil { throw StorageError.noResources }
    }

    var isGiven: Bool { state.withLock { $0.isGiven } }

    /// Called when the signal comes, from its thread; at once if it has come.
    func onStop(_ end: @escaping @Sendable () -> Void) {
        let isGiven = state.withLock { state in
            state.endings.append(end)
            return state.isGiven
        }
        if isGiven { end() }
    }

    private func give() {
        let endings = state.withLock { state in
            state.isGiven = true
            return state.endings
        }
        wake.give()
        for end in endings { end() }
    }
}

extension StorageError {
    /// No thread, or no descriptor.
    static var noResources: StorageError {
        StorageError(
            .busy, "the system gives no more threads or files",
            hint: "look at the limits for threads and open files (ulimit -a)")
    }
}
