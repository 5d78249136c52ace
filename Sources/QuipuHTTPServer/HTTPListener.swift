internal import CQuipuMicroHTTPD
internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// An HTTP/1.1 server with its own threads.
///
/// The handler is called on these threads, for several requests at a time, as soon as a request's head is complete.
/// It may block for a while: that delays other connections of the same thread only. It must neither own the server
/// nor stop it.
public final class HTTPListener: Sendable {
    private enum State {
        case running(Daemon)
        case stopping
        case stopped
    }

    /// Resources to release when the server stops.
    private struct Daemon: @unchecked Sendable {
        // Unchecked: the caller that takes it out of `state` is its only owner from then on.
        let handle: OpaquePointer
        let core: Unmanaged<ServerCore>
    }

    /// As configured.
    public let host: String
    /// The port that is listened on, also if the system chose it.
    public let port: UInt16

    private let state: Mutex<State>
    private let monitor = Monitor()

    /// Listens and answers requests until `stop` is called or the object is released.
    public init(
        configuration: Configuration = Configuration(),
        handler: @escaping @Sendable (HTTPRequestHead) -> HTTPDisposition
    ) throws(HTTPServerError) {
        let address = "\(configuration.host):\(configuration.port)"
        if let flaw = configuration.flaw {
            throw HTTPServerError(code: .invalidConfiguration, address: address, reason: flaw)
        }
        let certificate = try configuration.certificate.map { (certificate) throws(HTTPServerError) in
            try Self.load(certificate, address: address)
        }
        let listener = try ListeningSocket(host: configuration.host, port: configuration.port)
        guard
            let made = ServerCore(
                configuration: configuration, port: listener.port, certificate: certificate, handler: handler)
        else {
            close(listener.descriptor)
            throw HTTPServerError(code: .noResources, address: address, reason: "no thread could be started")
        }
        let core = Unmanaged.passRetained(made)
        let settings = quipu_MHD_settings(
            listen_socket: listener.descriptor,
            threads: UInt32(configuration.threads),
            maximum_connections: UInt32(configuration.connectionLimit),
            maximum_connections_per_address: UInt32(2 * (configuration.maximumConnectionsPerAddress ?? 0)),
            idle_timeout_seconds: UInt32(configuration.idleTimeoutSeconds),
            connection_memory_bytes: configuration.connectionMemoryBytes,
            is_encrypted: certificate != nil,
            requires_tls13: configuration.requiresTLS13)
        let callbacks = made.callbacks(context: core.toOpaque())
        guard let handle = quipu_MHD_start(settings, callbacks) else {
            made.stop()
            core.release()
            throw HTTPServerError(
                code: .noResources, address: address, reason: "the server's threads could not be started")
        }
        host = configuration.host
        port = listener.port
        state = Mutex(.running(Daemon(handle: handle, core: core)))
    }

    deinit { stop(graceMilliseconds: 0) }

    /// New connections use this certificate for TLS; existing ones keep theirs.
    ///
    /// - Throws: `HTTPServerError`; then nothing has changed.
    public func replaceCertificate(_ certificate: Certificate) throws(HTTPServerError) {
        let loaded = try Self.load(certificate, address: "\(host):\(port)")
        state.withLock { state in
            if case .running(let daemon) = state { daemon.core.takeUnretainedValue().replace(loaded) }
        }
    }

    private static func load(_ certificate: Certificate, address: String) throws(HTTPServerError)
        -> LoadedCertificate
    {
        do throws(LoadedCertificate.Flaw) {
            return try LoadedCertificate(chainPEM: certificate.chain, keyPEM: certificate.key)
        } catch {
            throw HTTPServerError(code: .certificate, address: address, reason: error.reason)
        }
    }

    /// Stops the server. It accepts no more connections (new ones are closed unanswered), ends open bodies, waits for
    /// requests in progress, then closes what is left and joins its threads. Returns when that is done, also to later
    /// callers.
    ///
    /// - Parameter graceMilliseconds: how long to wait for requests; connections of requests that take longer are
    ///   closed. A handler that does not return is waited for regardless: a thread cannot be ended from outside.
    public func stop(graceMilliseconds: Int = 10_000) {
        let daemon = state.withLock { state -> Daemon? in
            guard case .running(let daemon) = state else { return nil }
            state = .stopping
            return daemon
        }
        guard let daemon else {
            _ = monitor.wait { isStopped }
            return
        }
        let core = daemon.core.takeUnretainedValue()
        // Connections are refused one by one: taking the listening socket from the running daemon
        // (`MHD_quiesce_daemon`) is a race with its threads, which abort the process if they lose it.
        _ = core.drain(untilMilliseconds: Monitor.nowMilliseconds() + UInt64(max(0, graceMilliseconds)))
        core.waitForDeferredResponses()
        MHD_stop_daemon(daemon.handle)
        core.stop()
        daemon.core.release()
        monitor.change { state.withLock { $0 = .stopped } }
    }

    private var isStopped: Bool {
        state.withLock { state in
            if case .stopped = state { return true }
            return false
        }
    }
}
