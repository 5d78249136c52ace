internal import QuipuThreads
internal import Synchronization

/// The wish that something end, from another thread.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func cancel() {
        let action = state.withLock { state in
            state.isCancelled = true
            return state.action
        }
        action?()
    }

    /// At once where it is cancelled already.
    func onCancel(_ action: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            state.action = action
            return state.isCancelled
        }
        if isCancelled { action() }
    }
}

/// Runs what may block for long, so that no task waits for it that has nothing to do with it.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        guard let thread = JoinableThread({ continuation.resume(returning: body()) }) else {
            continuation.resume(returning: body())
            return
        }
        thread.detach()
    }
}
