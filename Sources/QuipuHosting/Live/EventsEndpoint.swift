internal import QuipuHTTPServer
internal import QuipuReplication

/// `GET /v1/archives/{name}/events`: server-sent events, one whenever the archive holds something new.
///
/// An event says that there is something to pull, and not what: its id is the archive's mark. A watcher that comes
/// back says which it saw last, and is told at once if that is not how things are now.
enum EventsEndpoint {
    private static let headers = [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
        // Asks nginx to pass each event on at once.
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
        // Whoever is taken in is a watcher until the transport says that the answer has ended. So that it always does,
        // nobody is before the answer is due.
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
