internal import QuipuHTTPServer
internal import QuipuReplication

/// `GET /v1/archives/{name}/events`: a server-sent event whenever the archive has something new.
///
/// An event states that there is something to fetch, and not what: its id is the archive's mark. A client that
/// reconnects states the last id that it received, and gets an event at once if the mark has changed.
enum EventsEndpoint {
    private static let headers = [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
        // Tells nginx to pass on each event at once.
        ("X-Accel-Buffering", "no"),
    ]

    static func disposition(
        of head: HTTPRequestHead, name: String, backend: any ArchiveBackend, channels: ArchiveChannels,
        caller: Caller
    ) throws -> HTTPDisposition {
        guard let archive = try backend.archive(named: name) else { throw Problem.noSuchArchive(name) }
        if head.method == "HEAD" {
            let nothing = HTTPBody.stream(lengthBytes: nil) { _ in [] }
            return .respond(HTTPResponse(status: 200, headers: headers, body: nothing))
        }
        let known = head.headers["Last-Event-ID"]
        // A watcher is removed when the transport reports the end of its response. It is added only when the response
        // begins, so that this always happens.
        return .accept(
            BufferedRequestHandler(limitBytes: 0) { _ in
                do {
                    let body = try channels.watch(name, by: caller, known: known) { try archive.mark() }
                    return HTTPResponse(status: 200, headers: headers, body: .push(body))
                } catch {
                    return Problem(error).response
                }
            })
    }
}
