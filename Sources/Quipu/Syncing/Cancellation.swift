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

    /// - Throws: `CancellationError` once it is cancelled.
    func check() throws {
        if isCancelled { throw CancellationError() }
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

/// Runs a call that may take long, on a thread outside the cooperative pool, until it ends or the task is cancelled.
///
/// - Parameters:
///   - what: the subject of the message, as in "the import".
///   - body: calls `check` of the cancellation where it can stop.
/// - Throws: `cancelled` where `body` stopped so; else what it throws.
func cancellable<Value: Sendable>(
    _ what: String, _ body: @escaping @Sendable (Cancellation) throws -> Value
) async throws -> Value {
    let cancellation = Cancellation()
    let outcome: Result<Value, any Error> = await withTaskCancellationHandler {
        await onOwnThread {
            Result {
                try cancellation.check()
                return try body(cancellation)
            }
        }
    } onCancel: {
        cancellation.cancel()
    }
    do { return try outcome.get() } catch {
        guard cancellation.isCancelled, QuipuError(error).code == .cancelled else { throw error }
        throw QuipuError(.cancelled, "\(what) was cancelled")
    }
}

/// The same for calls that throw nothing else than `QuipuError`.
func cancellableCall<Value: Sendable>(
    _ what: String, _ body: @escaping @Sendable (Cancellation) throws -> Value
) async throws(QuipuError) -> Value {
    do { return try await cancellable(what, body) } catch { throw QuipuError(error) }
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
