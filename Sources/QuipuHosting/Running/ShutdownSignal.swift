internal import Synchronization

/// The end of a server as its parts hear of it: what would last for ever, such as a stream of events, ends then.
package final class ShutdownSignal: Sendable {
    private struct State {
        var hasBegun = false
        var actions: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Is called when the end begins, on the thread that begins it; at once if it has begun. Must not wait.
    package func whenBegun(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.hasBegun { state.actions.append(action) }
            return state.hasBegun
        }
        if isLate { action() }
    }

    package func begin() {
        let actions = state.withLock { state in
            defer { state = State(hasBegun: true) }
            return state.actions
        }
        for action in actions { action() }
    }
}
