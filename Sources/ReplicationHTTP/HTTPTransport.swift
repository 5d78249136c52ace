internal import HTTPClient
public import Replication

/// The exchange with an archive on a server.
public final class HTTPTransport: Transport {
    /// An error's description; more is not a description.
    private static let maximumProblemBytes = 64 << 10

    public let location: String
    public let lookahead = Lookahead.onOwnThread
    let url: ArchiveURL
    let client: HTTPSession

    /// - Parameter timeoutSeconds: an exchange in which nothing moves for so long is given up.
    public init(_ url: ArchiveURL, timeoutSeconds: Int? = nil) {
        self.url = url
        var configuration = HTTPSession.Configuration()
        if let timeoutSeconds { configuration.stallTimeoutSeconds = timeoutSeconds }
        client = HTTPSession(configuration: configuration)
        location = "\(url.base)/\(url.name)"
    }

    /// Ends the exchange under way, and all that would follow, from another thread.
    public var cancel: @Sendable () -> Void {
        let canceller = client.canceller
        return { canceller.cancel() }
    }

    public func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        var isOurs = false
        var refusal: [UInt8] = []
        let response: HTTPClientResponse
        do {
            response = try client.send(
                HTTPClientRequest(
                    method: "POST", url: url.syncURL, headers: [("Content-Type", ExchangeMedia.type)],
                    body: .bytes(message)),
                onHead: { head in
                    isOurs = head.status == 200 && head.headers["Content-Type"] == ExchangeMedia.type
                },
                onBody: { bytes in
                    if isOurs {
                        try receive(bytes)
                    } else if refusal.count < Self.maximumProblemBytes {
                        refusal.append(contentsOf: bytes.prefix(Self.maximumProblemBytes - refusal.count))
                    }
                })
        } catch {
            // What `receive` made of the reply is the caller's to explain.
            if let underlying = error.underlying { throw underlying }
            throw ReplicationError(error, location: location)
        }
        guard isOurs else {
            throw ReplicationError(
                refusal: refusal, status: response.status, contentType: response.headers["Content-Type"],
                retryAfter: response.headers["Retry-After"], location: location)
        }
        return TransportCost(bytesSent: Int(response.bytesSent), bytesReceived: Int(response.bytesReceived))
    }
}
