internal import Synchronization

/// The end of a server as its parts hear of it: what would last for ever, such as a stream of events, ends then.
package final class ShutdownSignal: Sendable {
    private let begun = Atomic(false)

    package init() {}

    package var hasBegun: Bool { begun.load(ordering: .acquiring) }

    package func begin() { begun.store(true, ordering: .releasing) }
}
