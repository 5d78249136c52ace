import Foundation
import QuipuHTTPServer
import Synchronization
import Testing

/// The bodies that a server has open, as they come.
private final class Bodies: Sendable {
    let ended = DispatchSemaphore(value: 0)
    private let all = Mutex<[PushBody]>([])
    private let arrived = DispatchSemaphore(value: 0)

    /// The next request's body; waits for it.
    func next() throws -> PushBody {
        try #require(arrived.wait(timeout: .now() + 10) == .success)
        return all.withLock { $0.removeFirst() }
    }

    func make(heartbeat: PushBody.Heartbeat?) -> PushBody {
        let body = PushBody(heartbeat: heartbeat) { [ended] _ in ended.signal() }
        all.withLock { $0.append(body) }
        arrived.signal()
        return body
    }

    /// Waits until one more has ended.
    func waitForEnd() throws { try #require(ended.wait(timeout: .now() + 10) == .success) }
}

@Suite struct `A streaming body stays open` {
    private let bodies = Bodies()

    private func server(
        heartbeat: PushBody.Heartbeat? = nil, _ adjust: (inout HTTPListener.Configuration) -> Void = { _ in }
    ) throws -> HTTPListener {
        try HTTPListener.answering(adjust) { [bodies] head in
            head.path == "/plain"
                ? .respond(.text(status: 200, "plain"))
                : .accept(
                    BufferedRequestHandler(limitBytes: 0) { _ in
                        HTTPResponse(status: 200, body: .push(bodies.make(heartbeat: heartbeat)))
                    })
        }
    }

    private func open(_ server: HTTPListener) throws -> (connection: RawConnection, body: PushBody) {
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let body = try bodies.next()
        let reply = try #require(try connection.reply())
        #expect(reply.status == 200)
        #expect(reply.header("Transfer-Encoding") == "chunked")
        return (connection, body)
    }

    @Test func `a streaming body sends each chunk when it is offered, and then ends`() throws {
        let server = try server()
        defer { server.stop() }
        let (connection, body) = try open(server)
        body.offer(Array("one".utf8))
        #expect(try connection.chunk() == "one")
        body.offer(Array("two".utf8))
        #expect(try connection.chunk() == "two")
        body.end()
        #expect(try connection.chunk() == "")
        try bodies.waitForEnd()
        // The connection has room for another request.
        try connection.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.text == "plain")
    }

    @Test func `a streaming body to an HTTP/1.0 client lasts to the end of the connection`() throws {
        let server = try server()
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.0\r\n\r\n")
        let body = try bodies.next()
        body.offer(Array("one".utf8))
        body.end()
        #expect(try String(decoding: connection.rest(), as: UTF8.self).hasSuffix("\r\n\r\none"))
    }

    @Test func `HEAD of a streaming body is answered without a body`() throws {
        let server = try server()
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        let reply = try #require(try connection.reply(hasBody: false))
        #expect(reply.status == 200)
        #expect(reply.header("Content-Length") == nil)
        #expect(try connection.rest().isEmpty)
        _ = try bodies.next()
        try bodies.waitForEnd()
    }

    @Test func `a streaming body occupies no thread`() throws {
        let server = try server { $0.threads = 1 }
        defer { server.stop() }
        let watchers = try (0..<200).map { _ in try open(server) }
        let other = try RawConnection(port: server.port)
        try other.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try other.reply()?.text == "plain")
        for (_, body) in watchers { body.offer(Array("news".utf8)) }
        for (connection, _) in watchers { #expect(try connection.chunk() == "news") }
    }

    @Test func `a streaming body ends at once and cleanly when the server stops`() throws {
        let server = try server()
        let watchers = try (0..<20).map { _ in try open(server) }
        server.stop(graceMilliseconds: 60_000)
        for (connection, _) in watchers {
            #expect(try connection.chunk() == "")
            #expect(try connection.rest().isEmpty)
        }
        for _ in watchers { try bodies.waitForEnd() }
    }

    @Test func `a streaming body ends when its peer disconnects`() throws {
        let server = try server()
        defer { server.stop() }
        var connection: RawConnection? = try open(server).connection
        withExtendedLifetime(connection) {}
        connection = nil
        try bodies.waitForEnd()
    }

    @Test func `a streaming body sends heartbeats when nothing is offered`() throws {
        let server = try server(heartbeat: .init(bytes: Array(":\n\n".utf8), everyMilliseconds: 1))
        defer { server.stop() }
        let (connection, body) = try open(server)
        #expect(try connection.chunk() == ":\n\n")
        #expect(try connection.chunk() == ":\n\n")
        body.end()
    }

    @Test func `a streaming body keeps the latest chunk for a slow peer and cuts one that never reads`()
        throws
    {
        let server = try server { $0.idleTimeoutSeconds = 1 }
        defer { server.stop() }
        let (connection, body) = try open(server)
        // Fills what the system takes, and then only replaces what was offered before.
        let block = [UInt8](repeating: 0x2e, count: 32 << 10)
        repeat { body.offer(block) } while bodies.ended.wait(timeout: .now() + 0.001) != .success
        withExtendedLifetime(connection) {}
    }
}
