internal import Synchronization

/// Whether a server is shutting down.
package final class ShutdownSignal: Sendable {
    private let state = Atomic(false)

    package init() {}

    package var hasBegun: Bool { state.load(ordering: .acquiring) }

    package func begin() { state.store(true, ordering: .releasing) }
}
