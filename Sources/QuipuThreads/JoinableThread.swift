internal import Glibc
internal import Synchronization

/// A thread that its owner joins.
package final class JoinableThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let handle: Mutex<pthread_t?>

    /// nil if the system cannot start a thread.
    package init?(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        var handle = pthread_t()
        let failure = pthread_create(
            &handle, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard failure == 0 else {
            body.release()
            return nil
        }
        self.handle = Mutex(handle)
    }

    /// Waits for the thread's end; returns at once if it was joined before.
    package func join() {
        if let handle = handle.withLock({ $0.take() }) { pthread_join(handle, nil) }
    }

    /// Detaches the thread: it will not be joined.
    package func detach() {
        if let handle = handle.withLock({ $0.take() }) { pthread_detach(handle) }
    }
}
