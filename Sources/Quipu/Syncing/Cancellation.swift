internal import QuipuThreads
internal import Synchronization

/// A cancellation request from another thread.
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

/// Runs a function that may block for long, on a thread outside the cooperative pool.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        guard let thread = JoinableThread({ continuation.resume(returning: body()) }) else {
            continuation.resume(returning: body())
            return
        }
        thread.detach()
    }
}
