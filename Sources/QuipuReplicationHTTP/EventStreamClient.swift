internal import QuipuHTTPClient
public import QuipuReplication

/// Receives a server's events about an archive. Used by one thread.
public final class EventStreamClient {
    /// A connection that is silent for this time is closed; servers send something every 20 seconds.
    public static let silenceSeconds = 50
    /// The most bytes of an error description.
    private static let maximumProblemBytes = 64 << 10

    private let location: String
    private let url: ArchiveURL
    private let access: RemoteAccess
    private let client: HTTPSession

    public init(
        _ url: ArchiveURL, access: RemoteAccess = RemoteAccess(),
        silenceSeconds: Int = EventStreamClient.silenceSeconds
    ) {
        self.url = url
        self.access = access
        location = "\(url.base)/\(url.name)"
        var configuration = HTTPSession.Configuration()
        configuration.silenceTimeoutMilliseconds = silenceSeconds * 1_000
        configuration.maximumResponseBytes = .max
        access.apply(to: &configuration, for: url)
        client = HTTPSession(configuration: configuration)
    }

    /// Cancels `listen`, and all later calls, from another thread.
    public var cancel: @Sendable () -> Void {
        let canceller = client.canceller
        return { canceller.cancel() }
    }

    /// Listens until the server ends the stream.
    ///
    /// - Parameters:
    ///   - lastID: the id of the last event that was received. The server first sends an event if something has
    ///     changed since.
    ///   - onOpen: called when the stream is open.
    ///   - onEvent: called with the event's id and the mark in it; nil if this version cannot read it.
    /// - Throws: `ReplicationError`.
    public func listen(
        after lastID: String?, onOpen: () -> Void, onEvent: (_ id: String, ArchiveMark?) -> Void
    ) throws {
        var parser = EventStreamParser()
        var isOurs = false
        var refusal: [UInt8] = []
        var headers = try [("Accept", "text/event-stream")] + access.headers(for: url)
        if let lastID { headers.append(("Last-Event-ID", lastID)) }
        let response: HTTPClientResponse
        do {
            response = try client.send(
                HTTPClientRequest(method: "GET", url: url.eventsURL, headers: headers),
                onHead: { head in
                    isOurs = head.status == 200 && head.headers["Content-Type"] == "text/event-stream"
                    if isOurs { onOpen() }
                },
                onBody: { bytes in
                    if isOurs {
                        for event in parser.feed(bytes) { onEvent(event.id, ArchiveMark(text: event.id)) }
                    } else {
                        refusal.append(contentsOf: bytes.prefix(Self.maximumProblemBytes - refusal.count))
                    }
                })
        } catch {
            throw ReplicationError(error, location: location)
        }
        guard isOurs else {
            throw ReplicationError(
                refusal: refusal, status: response.status, contentType: response.headers["Content-Type"],
                retryAfter: response.headers["Retry-After"],
                movedTo: response.headers["Location"], location: location,
                hasToken: access.token != nil)
        }
    }
}
