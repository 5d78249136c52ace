import QuipuHTTPServer
import Testing

@Suite struct `Request bodies are bounded` {
    @Test func `a body whose announced length is too long is refused before it is sent`() throws {
        let server = try HTTPListener.echoing { $0.maximumBodyBytes = 1000 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        let reply = try #require(try connection.reply())
        #expect(reply.status == 413)
        #expect(reply.header("Connection") == "close")
    }

    @Test func `a chunked body that exceeds the limit is refused`() throws {
        let server = try HTTPListener.echoing { $0.maximumBodyBytes = 1000 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let chunk = "200\r\n" + String(repeating: "x", count: 512) + "\r\n"
        try connection.send(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk)
        try connection.send("0\r\n\r\n")
        #expect(try connection.reply()?.status == 413)
        // Little was left of it, so the connection goes on.
        try connection.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.text == "GET /next - ")
    }

    @Test func `an endless chunked body is answered and cut`() throws {
        let server = try HTTPListener.echoing {
            $0.maximumBodyBytes = 1000
            $0.maximumDiscardBytes = 10_000
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let chunk = "200\r\n" + String(repeating: "x", count: 512) + "\r\n"
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        var chunks = 0
        while chunks < 100_000, (try? connection.send(chunk)) != nil { chunks += 1 }
        #expect(chunks < 100_000)
        #expect(try connection.reply()?.status == 413)
    }

    @Test func `an exchange can refuse a body in the middle`() throws {
        final class Picky: HTTPRequestHandler {
            func receive(_ bytes: UnsafeRawBufferPointer) throws {
                throw HTTPErrorResponse(.text(status: 422, "no"))
            }
            func finish() -> HTTPResponse { HTTPResponse(status: 200) }
        }
        let server = try HTTPListener.answering { _ in .accept(Picky()) }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        for _ in 0..<2 {
            try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
            try connection.send("def")
            #expect(try connection.reply()?.text == "no")
        }
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\nabc")
        let last = try #require(try connection.reply())
        #expect(last.status == 422)
        #expect(last.text == "no")
        #expect(last.header("Connection") == "close")
        #expect(try connection.rest().isEmpty)
    }

    @Test func `a client that expects 100-continue is told to continue or refused at once`() throws {
        let server = try HTTPListener.answering { head in
            head.path == "/no"
                ? .respond(.text(status: 403, "no"))
                : .accept(BufferedRequestHandler(limitBytes: 10) { .init(status: 200, body: .bytes($0)) })
        }
        defer { server.stop() }
        let header = "HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        let accepted = try RawConnection(port: server.port)
        try accepted.send("POST /yes " + header)
        #expect(try accepted.reply()?.status == 100)
        try accepted.send("ab")
        #expect(try accepted.reply()?.text == "ab")

        let refused = try RawConnection(port: server.port)
        try refused.send("POST /no " + header)
        let reply = try #require(try refused.reply())
        #expect(reply.status == 403)
        #expect(reply.header("Connection") == "close")
    }

    @Test func `a collected body is bounded by its own limit`() throws {
        let server = try HTTPListener.answering { _ in
            .accept(BufferedRequestHandler(limitBytes: 4) { .init(status: 200, body: .bytes($0)) })
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        for (body, status) in [("1234", 200), ("12345", 413), ("", 200)] {
            try connection.send(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(try connection.reply()?.status == status)
        }
    }
}
