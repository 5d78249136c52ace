internal import HTTPServer

/// Archives served over HTTP until it is stopped.
package final class Server: Sendable {
    /// Is told, in words for who runs the server, what callers are not: which archive failed, and how. From any
    /// thread.
    package typealias FaultReport = @Sendable (String) -> Void

    private let http: HTTPListener
    package let url: String

    /// How a server is run.
    package struct Configuration: Sendable {
        /// Loopback only: there are no tokens and no TLS yet.
        package var address = ListenAddress.standard
        /// A connection on which nothing moves for so long is closed; nil for the transport's own bound.
        package var timeoutSeconds: Int?

        package init() {}
    }

    /// - Throws: `ListenAddress.Refusal`, or the transport's error.
    package init(
        _ home: any ArchiveHome, as settings: Configuration, reportFault: @escaping FaultReport = { _ in }
    ) throws {
        let address = settings.address
        try address.requireLoopback()
        var configuration = HTTPListener.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.maximumBodyBytes = 64 << 20
        if let timeoutSeconds = settings.timeoutSeconds {
            configuration.idleTimeoutSeconds = timeoutSeconds
            configuration.headTimeoutSeconds = min(configuration.headTimeoutSeconds, timeoutSeconds)
        }
        let router = Router(home: home, reportFault: reportFault)
        http = try HTTPListener(configuration: configuration) { router.route($0) }
        url = "http://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(http.port)"
    }

    /// Takes no new requests, lets those under way end, and returns.
    package func stop() { http.stop() }
}
