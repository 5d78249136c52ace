internal import QuipuHTTPClient
public import QuipuReplication

/// A transport to an archive on a server.
public final class HTTPTransport: Transport {
    /// The most bytes of an error description.
    private static let maximumProblemBytes = 64 << 10
    /// As a server tells it to a caller whose token may only read.
    private static let readerRole = "reader"

    public let location: String
    public let pipelining = Pipelining.onOwnThread
    let url: ArchiveURL
    let access: RemoteAccess
    private let retryPolicy: RetryPolicy
    let client: HTTPSession
    private let mark: String?

    /// - Parameters:
    ///   - access: credentials and trust; the token is sent with each message.
    ///   - mark: `ArchiveFolder.fileMark` of the local archive: a server that serves this same archive recognises it.
    ///   - timeoutSeconds: an exchange that is idle for this time fails.
    public init(
        _ url: ArchiveURL, access: RemoteAccess = RemoteAccess(), retryPolicy: RetryPolicy = RetryPolicy(),
        mark: String? = nil, timeoutSeconds: Int? = nil
    ) {
        self.url = url
        self.access = access
        self.retryPolicy = retryPolicy
        self.mark = mark
        var configuration = HTTPSession.Configuration()
        // Sizes of snapshots and attachments are limited where they are requested.
        configuration.maximumResponseBytes = 1 << 40
        if let timeoutSeconds { configuration.stallTimeoutSeconds = timeoutSeconds }
        access.apply(to: &configuration, for: url)
        client = HTTPSession(configuration: configuration)
        location = "\(url.base)/\(url.name)"
    }

    /// Cancels the current exchange, and all later ones, from another thread.
    public var cancel: @Sendable () -> Void {
        let canceller = client.canceller
        return { canceller.cancel() }
    }
    /// The attachment contents there, over the same connection.
    public func blobPeer() -> HTTPBlobPeer { HTTPBlobPeer(url, access: access, over: client) }

    public func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        let headers = try [("Content-Type", ExchangeMedia.type)] + access.headers(for: url, mark: mark)
        var cost = TransportCost(bytesSent: 0, bytesReceived: 0)
        var waited = 0
        while true {
            var isOurs = false
            var refusal: [UInt8] = []
            let response: HTTPClientResponse
            do {
                response = try client.send(
                    HTTPClientRequest(
                        method: "POST", url: url.syncURL, headers: headers, body: .bytes(message)),
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
                // An error of `receive` is the caller's own.
                if let underlying = error.underlying { throw underlying }
                throw ReplicationError(error, location: location)
            }
            cost.bytesSent += Int(response.bytesSent)
            cost.bytesReceived += Int(response.bytesReceived)
            if isOurs {
                cost.refusesEdits = response.headers["Quipu-Role"] == Self.readerRole
                cost.bytesPerSecond = ThroughputEstimate.bytesPerSecond(of: response)
                return cost
            }
            let error = ReplicationError(
                refusal: refusal, status: response.status, contentType: response.headers["Content-Type"],
                retryAfter: response.headers["Retry-After"],
                movedTo: response.headers["Location"], location: location,
                hasToken: access.token != nil)
            // Nothing of the reply was processed, so the same message can be sent again.
            guard let seconds = retryPolicy.seconds(after: error, status: response.status, waited: waited)
            else { throw error }
            retryPolicy.onWait(seconds, error.message)
            retryPolicy.pause(seconds)
            waited += seconds
        }
    }
}
