internal import CQuipuMicroHTTPD
internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// The state of a running server, which the callbacks share.
final class ServerCore: Sendable {
    let configuration: HTTPListener.Configuration
    /// The port that is listened on.
    let port: UInt16
    let handler: @Sendable (HTTPRequestHead) -> HTTPDisposition
    let watchdog = ConnectionWatchdog()
    let openBodies = OpenBodies()
    let lingering: LingeringClose
    let limiter: ConnectionLimiter
    let isEncrypted: Bool
    /// The certificate for new connections.
    let certificate: Mutex<LoadedCertificate?>

    private let activeRequests = Atomic(0)
    private let deferredResponses = Atomic(0)
    private let draining = Atomic(false)
    private let monitor = Monitor()

    /// Starts the threads that supervise connections; nil if the system cannot start them.
    init?(
        configuration: HTTPListener.Configuration, port: UInt16, certificate: LoadedCertificate?,
        handler: @escaping @Sendable (HTTPRequestHead) -> HTTPDisposition
    ) {
        guard let lingering = LingeringClose() else { return nil }
        self.configuration = configuration
        self.port = port
        self.handler = handler
        self.lingering = lingering
        limiter = ConnectionLimiter(
            maximum: configuration.maximumConnections,
            maximumPerAddress: configuration.maximumConnectionsPerAddress)
        isEncrypted = certificate != nil
        self.certificate = Mutex(certificate)
        guard lingering.start(), watchdog.start() else {
            stop()
            return nil
        }
    }

    /// Ends the threads that `init` started.
    func stop() {
        watchdog.stop()
        lingering.stop()
    }

    func replace(_ fresh: LoadedCertificate) { certificate.withLock { $0 = fresh } }

    /// Whether the server is stopping: connections close after their answer.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func requestBegan() {
        activeRequests.add(1, ordering: .sequentiallyConsistent)
    }

    /// The order of these two operations, and of the two in `drain`, guarantees the wake-up: either this sees the
    /// waiting thread, or that thread sees that this request has ended.
    func requestEnded() {
        let (_, remaining) = activeRequests.subtract(1, ordering: .sequentiallyConsistent)
        if remaining == 0, draining.load(ordering: .sequentiallyConsistent) { monitor.change {} }
    }

    /// Responses that are being made on their own threads.
    var deferredResponseCount: Int { deferredResponses.load(ordering: .relaxed) }

    func deferredResponseBegan() { deferredResponses.add(1, ordering: .sequentiallyConsistent) }

    func deferredResponseEnded() {
        monitor.change { _ = deferredResponses.subtract(1, ordering: .sequentiallyConsistent) }
    }

    /// libmicrohttpd must not be stopped while it holds a connection suspended.
    func waitForDeferredResponses() {
        _ = monitor.wait { deferredResponses.load(ordering: .sequentiallyConsistent) == 0 }
    }

    /// Waits until no request is in progress; false if the time is up first.
    func drain(untilMilliseconds deadlineMilliseconds: UInt64) -> Bool {
        draining.store(true, ordering: .sequentiallyConsistent)
        openBodies.close()
        return monitor.wait(untilMilliseconds: deadlineMilliseconds) {
            activeRequests.load(ordering: .sequentiallyConsistent) == 0
        }
    }
}
