internal import Synchronization

/// The bodies of a server that are open. When the server stops, they end first: libmicrohttpd must not be stopped
/// while it holds a connection suspended.
final class OpenBodies: Sendable {
    private struct State {
        var bodies: [ObjectIdentifier: PushBody] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Adds a body; after `close` it is ended at once.
    func add(_ body: PushBody) {
        let isClosed = state.withLock { state in
            state.bodies[ObjectIdentifier(body)] = body
            return state.isClosed
        }
        if isClosed { body.end() }
    }

    func remove(_ body: PushBody) {
        state.withLock { _ = $0.bodies.removeValue(forKey: ObjectIdentifier(body)) }
    }

    /// Ends all open bodies, and those that are added later.
    func close() {
        let bodies = state.withLock { state in
            state.isClosed = true
            return Array(state.bodies.values)
        }
        for body in bodies { body.end() }
    }
}
