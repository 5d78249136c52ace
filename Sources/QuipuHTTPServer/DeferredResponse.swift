internal import CQuipuMicroHTTPD
internal import QuipuThreads
internal import Synchronization

/// A response that is made on its own thread. libmicrohttpd holds the connection suspended until it is ready, so that
/// other connections of the thread do not wait.
///
/// `@unchecked Sendable`: any thread may resume a connection, and libmicrohttpd does not end a suspended one.
final class DeferredResponse: @unchecked Sendable {
    /// The most responses that are made at a time.
    static let maximumCount = 64

    private let handle: OpaquePointer
    private let core: ServerCore
    private let response = Mutex<HTTPResponse?>(nil)
    private let thread = Mutex<JoinableThread?>(nil)

    init(on handle: OpaquePointer, core: ServerCore) {
        self.handle = handle
        self.core = core
    }

    /// Suspends the connection until the response is made; makes it on this thread if the system cannot start another
    /// one. To be called on the connection's thread.
    func begin(_ make: @escaping @Sendable () -> HTTPResponse) {
        // The other thread may finish first: it must find the connection suspended.
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

    /// The response, once the connection has been resumed.
    func take() -> HTTPResponse? {
        join()
        return response.withLock { $0.take() }
    }

    func join() { thread.withLock { $0.take() }?.join() }
}
