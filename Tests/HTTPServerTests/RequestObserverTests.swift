import Foundation
import QuipuHTTPServer
import Synchronization
import Testing

/// What witnesses were told, in the order in which requests ended.
///
/// Waited for on the test's own thread: a test that is put aside while others have all threads finds its connection
/// closed as idle.
private final class Endings: Sendable {
    private let all = Mutex<[(path: String?, HTTPRequestOutcome)]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func note(_ path: String?, _ outcome: HTTPRequestOutcome) {
        all.withLock { $0.append((path, outcome)) }
        arrived.signal()
    }

    func next() throws -> (path: String?, HTTPRequestOutcome) {
        try #require(arrived.wait(timeout: .now() + 10) == .success)
        return all.withLock { $0.removeFirst() }
    }
}

/// Hands on what it is told.
private final class Recorder: HTTPRequestObserver {
    private let endings: Endings
    private let path = Shared<String?>(nil)

    init(_ endings: Endings) { self.endings = endings }

    func received(_ head: HTTPRequestHead) {
        let received = head.path
        path.change { $0 = received }
    }
    func willAnswer(_ response: inout HTTPResponse) { response.headers.append(("X-Seen", "yes")) }
    func ended(_ outcome: HTTPRequestOutcome) { endings.note(path.value, outcome) }
}

@Suite struct `Each request's observer is called when the request has ended` {
    private let endings = Endings()

    private func server(_ handler: @escaping @Sendable (HTTPRequestHead) -> HTTPDisposition) throws
        -> HTTPListener
    {
        let endings = endings
        return try .answering(
            {
                $0.maximumBodyBytes = 1_000
                $0.makeObserver = { Recorder(endings) }
            }, handler)
    }

    @Test func `a completed response is reported with its status and the sizes of both bodies`() throws {
        let server = try server { head in
            #expect(head.observer is Recorder)
            return .accept(
                BufferedRequestHandler(limitBytes: 100) { .text(status: 201, "\($0.count) bytes") })
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        #expect(try connection.reply()?.header("X-Seen") == "yes")
        let (path, outcome) = try endings.next()
        #expect(path == "/a")
        #expect(outcome == HTTPRequestOutcome(status: 201, isComplete: true, receivedBytes: 3, sentBytes: 7))
    }

    @Test func `a streamed response is counted while it is sent, and HEAD counts no body`() throws {
        let server = try server { head in
            if head.path == "/text" { return .respond(.text(status: 200, "12345")) }
            let pieces = Shared([[UInt8]](repeating: [1, 2, 3, 4], count: 3))
            return .respond(
                HTTPResponse(
                    status: 200,
                    body: .stream(lengthBytes: nil) { _ in
                        let left = pieces.value
                        pieces.change { $0 = Array($0.dropFirst()) }
                        return left.first ?? []
                    }))
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("HEAD /text HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply(hasBody: false)?.status == 200)
        #expect(try endings.next().1.sentBytes == 0)
        try connection.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.status == 200)
        let outcome = try endings.next().1
        #expect(outcome == HTTPRequestOutcome(status: 200, isComplete: true, receivedBytes: 0, sentBytes: 12))
    }

    @Test func `a request whose connection ends early is reported without a status`() throws {
        let server = try server { _ in
            .accept(BufferedRequestHandler(limitBytes: 100) { _ in .text(status: 200, "never") })
        }
        defer { server.stop() }
        do {
            let connection = try RawConnection(port: server.port)
            try connection.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        }
        let outcome = try endings.next().1
        #expect(outcome == HTTPRequestOutcome(status: nil, isComplete: false, receivedBytes: 3, sentBytes: 0))
    }

    @Test func `requests that the transport refuses are reported, and their text can be replaced`() throws {
        let server = try server { _ in .respond(.text(status: 200, "")) }
        defer { server.stop() }
        for (request, status) in [
            ("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n", 413),
            ("GET /twice HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        ] {
            let connection = try RawConnection(port: server.port)
            try connection.send(request)
            let reply = try #require(try connection.reply())
            #expect(reply.status == status)
            #expect(reply.header("X-Seen") == "yes")
            #expect(try endings.next().1.status == status)
        }
    }
}
