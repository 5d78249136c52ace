import Foundation
import QuipuHTTPClient
import QuipuHTTPServer
import Synchronization
import Testing

@Suite struct `A long request can be cancelled` {
    /// Answers with a body that stays open.
    private func server(heartbeat: PushBody.Heartbeat? = nil) throws -> HTTPListener {
        try HTTPListener { _ in
            let body = PushBody(heartbeat: heartbeat)
            body.offer(Array("begun".utf8))
            return .accept(
                BufferedRequestHandler(limitBytes: 0) { _ in HTTPResponse(status: 200, body: .push(body)) })
        }
    }

    private func request(_ server: HTTPListener) -> HTTPClientRequest {
        HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/")
    }

    @Test func `a cancelled request ends from another thread, and the session refuses later ones`() throws {
        let server = try server()
        defer { server.stop() }
        let session = HTTPSession()
        let canceller = session.canceller
        var heard = ""
        let error = #expect(throws: HTTPClientError.self) {
            try session.send(request(server)) { bytes in
                heard += String(decoding: bytes, as: UTF8.self)
                Thread.detachNewThread { canceller.cancel() }
            }
        }
        #expect(error?.code == .cancelled)
        #expect(heard == "begun")
        #expect(throws: HTTPClientError.self) { try session.collect(request(server)) }
    }

    @Test func `a request is given up after silence of the configured length`() throws {
        let server = try server()
        defer { server.stop() }
        var configuration = HTTPSession.Configuration()
        configuration.silenceTimeoutMilliseconds = 50
        let session = HTTPSession(configuration: configuration)
        let error = #expect(throws: HTTPClientError.self) { try session.send(request(server)) { _ in } }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("nothing came") == true)
    }

    @Test func `a request continues as long as a few bytes arrive`() throws {
        struct Enough: Error {}
        let server = try server(heartbeat: .init(bytes: [0x3a], everyMilliseconds: 1))
        defer { server.stop() }
        var configuration = HTTPSession.Configuration()
        // Heartbeats come every half second.
        configuration.silenceTimeoutMilliseconds = 10_000
        let session = HTTPSession(configuration: configuration)
        var count = 0
        let error = #expect(throws: HTTPClientError.self) {
            try session.send(request(server)) { _ in
                count += 1
                if count == 3 { throw Enough() }
            }
        }
        #expect(error?.underlying is Enough)
    }

    @Test func `a canceller may be used after its session is gone`() {
        var session: HTTPSession? = HTTPSession()
        let canceller = session?.canceller
        session = nil
        canceller?.cancel()
        #expect(canceller?.isCancelled == true)
    }
}
