internal import HTTPServer

/// Archives served over HTTP until it is stopped.
public final class Server: Sendable {
    /// Is told, in words for who runs the server, what callers are not: which archive failed, and how. From any
    /// thread.
    public typealias FaultReport = @Sendable (String) -> Void

    private let http: HTTPListener
    public let url: String

    /// - Parameters:
    ///   - address: loopback only: there are no tokens and no TLS yet.
    ///   - timeoutSeconds: a connection on which nothing moves for so long is closed.
    /// - Throws: `ListenAddress.Refusal`, or the transport's error.
    public init(
        _ home: ArchiveHome, at address: ListenAddress, timeoutSeconds: Int? = nil,
        reportFault: @escaping FaultReport = { _ in }
    ) throws {
        try address.requireLoopback()
        var configuration = HTTPListener.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.maximumBodyBytes = 64 << 20
        if let timeoutSeconds {
            configuration.idleTimeoutSeconds = timeoutSeconds
            configuration.headTimeoutSeconds = min(configuration.headTimeoutSeconds, timeoutSeconds)
        }
        let router = Router(home: home, reportFault: reportFault)
        http = try HTTPListener(configuration: configuration) { router.route($0) }
        url = "http://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(http.port)"
    }

    /// Takes no new requests, lets those under way end, and returns.
    public func stop() { http.stop() }
}
