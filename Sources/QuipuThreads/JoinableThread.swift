internal import Glibc
internal import Synchronization

/// A thread of our own that is waited for when its work is over.
package final class JoinableThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let handle: Mutex<pthread_t?>

    /// nil if the system gives no thread.
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

    /// Waits for its end; at once if that was waited for before.
    package func join() {
        if let handle = handle.withLock({ $0.take() }) { pthread_join(handle, nil) }
    }

    /// Nobody will wait for its end.
    package func detach() {
        if let handle = handle.withLock({ $0.take() }) { pthread_detach(handle) }
    }
}
