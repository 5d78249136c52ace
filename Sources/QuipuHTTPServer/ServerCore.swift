internal import CQuipuMicroHTTPD
internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// What the library's callbacks find behind their context pointer.
final class ServerCore: Sendable {
    let configuration: HTTPListener.Configuration
    /// The one that is listened on.
    let port: UInt16
    let handler: @Sendable (HTTPRequestHead) -> HTTPDisposition
    let watchdog = ConnectionWatchdog()
    let openBodies = OpenBodies()
    let lingering: LingeringClose
    let limiter: ConnectionLimiter
    let isEncrypted: Bool
    /// What new connections speak TLS under.
    private let certificate: Mutex<LoadedCertificate?>

    private let activeRequests = Atomic(0)
    private let deferredResponses = Atomic(0)
    private let draining = Atomic(false)
    private let monitor = Monitor()

    /// Starts the threads that look after connections; nil if the system does not give them.
    init?(
        configuration: HTTPListener.Configuration, port: UInt16, certificate: LoadedCertificate?,
        handler: @escaping @Sendable (HTTPRequestHead) -> HTTPDisposition
    ) {
        guard let lingering = LingeringClose() else { return nil }
        self.configuration = configuration
        self.port = port
        self.handler = handler
        self.lingering = lingering
        limiter = ConnectionLimiter(configuration)
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

    /// The order of these two and that of the two in `drain` is what makes the wake-up certain: either this
    /// sees that someone waits, or the waiting one sees this request gone.
    func requestEnded() {
        let (_, remaining) = activeRequests.subtract(1, ordering: .sequentiallyConsistent)
        if remaining == 0, draining.load(ordering: .sequentiallyConsistent) { monitor.change {} }
    }

    /// Answers that are being made on threads of their own.
    var deferredResponseCount: Int { deferredResponses.load(ordering: .relaxed) }

    func deferredResponseBegan() { deferredResponses.add(1, ordering: .sequentiallyConsistent) }

    func deferredResponseEnded() {
        monitor.change { _ = deferredResponses.subtract(1, ordering: .sequentiallyConsistent) }
    }

    /// The library must not be stopped while it holds a connection suspended.
    func waitForDeferredResponses() {
        _ = monitor.wait { deferredResponses.load(ordering: .sequentiallyConsistent) == 0 }
    }

    /// Waits until no request is under way; false if the time is up first.
    func drain(untilMilliseconds deadlineMilliseconds: UInt64) -> Bool {
        draining.store(true, ordering: .sequentiallyConsistent)
        openBodies.close()
        return monitor.wait(untilMilliseconds: deadlineMilliseconds) {
            activeRequests.load(ordering: .sequentiallyConsistent) == 0
        }
    }
}

extension ServerCore {
    /// The context must be a retained `ServerCore` that outlives the daemon. `begin` makes a request's box,
    /// `end` releases it: the library promises exactly one call of `end` for each of `begin`.
    func callbacks(context: UnsafeMutableRawPointer) -> quipu_MHD_callbacks {
        quipu_MHD_callbacks(
            accept: { context, _, _ in
                guard let context else { return .NO }
                return Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue().isDraining ? .NO : .YES
            },
            handle: { _, connection, _, method, version, bytes, count, box in
                guard let connection, let count, let box = box?.pointee else { return .NO }
                let request = Unmanaged<Request>.fromOpaque(box).takeUnretainedValue()
                guard let bytes else {
                    return request.proceed(on: connection, method: method, version: version) ? .YES : .NO
                }
                let part = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
                count.pointee = 0
                return request.receive(part, on: connection) ? .YES : .NO
            },
            begin: { context, target, connection in
                guard let context, let connection else { return nil }
                let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
                let watched = quipu_MHD_socket_context(connection).map {
                    Unmanaged<WatchedConnection>.fromOpaque($0).takeUnretainedValue()
                }
                let request = Request(
                    core: core, connection: watched, target: target.map { String(cString: $0) })
                return Unmanaged.passRetained(request).toOpaque()
            },
            end: { _, _, box, code in
                guard let request = box?.pointee else { return }
                box?.pointee = nil
                Unmanaged<Request>.fromOpaque(request).takeRetainedValue().end(code)
            },
            certificate: { session, _, _, _, _, chain, count, key in
                // The library has the connection as the session's own pointer.
                guard let session, let handle = gnutls_session_get_ptr(session),
                    let slot = quipu_MHD_socket_context(OpaquePointer(handle)),
                    let loaded = Unmanaged<WatchedConnection>.fromOpaque(slot).takeUnretainedValue()
                        .certificate
                else { return -1 }
                // Held by the connection, which outlives its handshake.
                chain?.pointee = loaded.chain
                count?.pointee = loaded.count
                key?.pointee = loaded.key
                return 0
            },
            connection: { context, connection, slot, code in
                guard let context, let connection, let slot else { return }
                let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
                core.connectionChanged(connection, slot: slot, code: code)
            },
            // Targets are handed on as received, so nothing is decoded.
            unescape: { _, _, text in text.map { strlen($0) } ?? 0 },
            context: context)
    }

    private func connectionChanged(
        _ connection: OpaquePointer, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>,
        code: MHD_ConnectionNotificationCode
    ) {
        if code == .CONNECTION_NOTIFY_STARTED {
            let seconds = configuration.idleTimeoutSeconds + configuration.headTimeoutSeconds
            let address = numericAddress(quipu_MHD_client_address(connection))
            let watched = WatchedConnection(
                descriptor: quipu_MHD_socket(connection), address: address, excess: limiter.add(address),
                certificate: certificate.withLock { $0 }, deadlineSeconds: seconds)
            watchdog.add(watched)
            slot.pointee = Unmanaged.passRetained(watched).toOpaque()
        } else if let watched = slot.pointee {
            slot.pointee = nil
            let ended = Unmanaged<WatchedConnection>.fromOpaque(watched).takeRetainedValue()
            limiter.remove(ended.address)
            watchdog.remove(ended)
        }
    }
}
