internal import CQuipuMicroHTTPD
internal import QuipuThreads
internal import Synchronization

/// An answer in the making, on a thread of its own; the library holds the connection suspended until it is there, so
/// that nobody else's waits for it.
///
/// `@unchecked Sendable`: a connection may be resumed from any thread, and the library ends none in its sleep.
final class DeferredResponse: @unchecked Sendable {
    /// So many threads may be at such answers at a time.
    static let maximumCount = 64

    private let handle: OpaquePointer
    private let core: ServerCore
    private let response = Mutex<HTTPResponse?>(nil)
    private let thread = Mutex<JoinableThread?>(nil)

    init(on handle: OpaquePointer, core: ServerCore) {
        self.handle = handle
        self.core = core
    }

    /// Suspends the connection until the answer is made; on this thread where the system gives no other. To be called
    /// on the connection's own thread.
    func begin(_ make: @escaping @Sendable () -> HTTPResponse) {
        // The thread may be done before this one goes on: it must find the connection asleep.
        core.deferredResponseBegan()
        MHD_suspend_connection(handle)
        thread.withLock { thread in
            thread = JoinableThread { self.run(make) }
            if thread == nil { run(make) }
        }
    }

    private func run(_ make: () -> HTTPResponse) {
        let made = make()
        response.withLock { $0 = made }
        MHD_resume_connection(handle)
        core.deferredResponseEnded()
    }

    /// The answer, once the connection has been woken.
    func take() -> HTTPResponse? {
        join()
        return response.withLock { $0.take() }
    }

    func join() { thread.withLock { $0.take() }?.join() }
}
