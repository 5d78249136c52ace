import QuipuHTTPServer
import Testing

@Suite struct `Requests are answered` {
    @Test func `method, path and query arrive as they were sent`() throws {
        let server = try HTTPListener.echoing()
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /a%20b/%2F?q=%C3%AD&r=1?2 HTTP/1.1\r\nHost: x\r\n\r\n")
        let reply = try #require(try connection.reply())
        #expect(reply.status == 200)
        #expect(reply.text == "GET /a%20b/%2F q=%C3%AD&r=1?2 ")
    }

    @Test func `header fields arrive in order and are found in any case`() throws {
        let observed = Shared<HTTPRequestHead?>(nil)
        let server = try HTTPListener.answering { head in
            observed.change { $0 = head }
            return .respond(HTTPResponse(status: 204))
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.1\r\nHost: x\r\nX-One: 1\r\nx-one:  2 \r\nX-Two:\r\n\r\n")
        #expect(try connection.reply()?.status == 204)
        let head = try #require(observed.value)
        #expect(head.headers.fields.map(\.name) == ["Host", "X-One", "x-one", "X-Two"])
        #expect(head.headers["x-ONE"] == "1")
        #expect(head.headers.values(of: "X-One") == ["1", "2"])
        #expect(head.headers["X-Two"] == "")
        #expect(head.headers["X-Three"] == nil)
        #expect(head.remoteAddress == "127.0.0.1")
    }

    @Test func `an answer has only the header fields that it needs`() throws {
        let server = try HTTPListener.echoing()
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        let reply = try #require(try connection.reply())
        let names = reply.head.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" } }
        #expect(names.sorted() == ["Content-Length", "Content-Type", "Date"])
    }

    @Test func `one connection serves many requests, including requests refused by their head`() throws {
        let server = try HTTPListener.answering { head in
            .respond(.text(status: head.path == "/no" ? 404 : 200, head.path))
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        for path in ["/a", "/no", "/b"] {
            try connection.send("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try connection.reply()?.text == path)
        }
        // Sent together, answered in order.
        try connection.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.text == "/1")
        #expect(try connection.reply()?.text == "/2")
    }

    @Test func `HEAD is answered with the length but not the body`() throws {
        let server = try HTTPListener.answering { _ in .respond(.text(status: 200, "12345")) }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let reply = try #require(try connection.reply(hasBody: false))
        #expect(reply.header("Content-Length") == "5")
        #expect(try connection.rest().isEmpty)
    }

    @Test func `a body of unknown length is sent in chunks, and one that fails is cut`() throws {
        let server = try HTTPListener.answering { head in
            let count = Shared(0)
            return .respond(
                HTTPResponse(
                    status: 200,
                    body: .stream(lengthBytes: nil) { _ in
                        count.change { $0 += 1 }
                        if count.value > 2, head.path == "/fails" {
                            throw RawConnection.Failure(operation: "", code: 0)
                        }
                        return count.value > 2 ? [] : Array("piece\(count.value) ".utf8)
                    }))
        }
        defer { server.stop() }
        for (path, end) in [("/ends", "0\r\n\r\n"), ("/fails", "piece2 \r\n")] {
            let connection = try RawConnection(port: server.port)
            try connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let reply = String(decoding: try connection.rest(), as: UTF8.self)
            #expect(reply.contains("Transfer-Encoding: chunked"))
            #expect(reply.hasSuffix(end))
        }
    }

    @Test func `a body shorter than its announced length is cut, and a longer one is truncated`() throws {
        let server = try HTTPListener.answering { head in
            let isDone = Shared(false)
            let announced: UInt64 = head.path == "/short" ? 9 : 4
            return .respond(
                HTTPResponse(
                    status: 200,
                    body: .stream(lengthBytes: announced) { _ in
                        defer { isDone.change { $0 = true } }
                        return isDone.value ? [] : Array("sixsix".utf8)
                    }))
        }
        defer { server.stop() }
        for (path, expected) in [("/short", "sixsix"), ("/long", "sixs")] {
            let connection = try RawConnection(port: server.port)
            try connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try connection.reply()?.text == expected)
            #expect(try connection.rest().isEmpty)
        }
    }

    @Test func `an answer that HTTP cannot carry becomes a 500`() throws {
        let server = try HTTPListener.answering { head in
            switch head.path {
            case "/status": .respond(HTTPResponse(status: 99))
            case "/name": .respond(HTTPResponse(status: 200, headers: [("a b", "c")]))
            default: .respond(HTTPResponse(status: 200, headers: [("a", "b\r\nSet-Cookie: c")]))
            }
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        for path in ["/status", "/name", "/value"] {
            try connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            let reply = try #require(try connection.reply())
            #expect(reply.status == 500)
            #expect(!reply.head.contains("Cookie"))
        }
    }

    @Test func `an exchange is released when its connection ends early`() async throws {
        final class Waiting: HTTPRequestHandler {
            let gone: @Sendable () -> Void
            init(gone: @escaping @Sendable () -> Void) { self.gone = gone }
            deinit { gone() }
            func receive(_ bytes: UnsafeRawBufferPointer) throws {}
            func finish() -> HTTPResponse { HTTPResponse(status: 200) }
        }
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let server = try HTTPListener.answering { _ in .accept(Waiting { continuation.finish() }) }
        defer { server.stop() }
        do {
            let connection = try RawConnection(port: server.port)
            try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        }
        for await _ in stream {}
    }
}
