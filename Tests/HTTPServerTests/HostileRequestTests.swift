import QuipuHTTPServer
import Testing

@Suite struct `A hostile request gets an error and harms no one` {
    /// The reply to `request`, nil where the connection is cut without one; then the server must still
    /// answer.
    private func status(of request: [UInt8]) throws -> Int? {
        let server = try HTTPListener.echoing { $0.maximumHeaderBytes = 2048 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try? connection.send(request)
        connection.finishSending()
        let reply = try connection.reply()

        let next = try RawConnection(port: server.port)
        try next.send("GET /still HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try next.reply()?.text == "GET /still - ")
        return reply?.status
    }

    @Test(arguments: [
        ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        ("GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("GET /\u{ed} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("GET /\u{7} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("get / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\na", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n", 400),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 413),
        ("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
    ])
    func `malformed requests are refused`(request: String, expected: Int) throws {
        #expect(try status(of: Array(request.utf8)) == expected)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "a", count: 3000) + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "a", count: 300_000),
        "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "a:b\r\n", count: 500) + "\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "a:b\r\n", count: 50_000),
    ])
    func `a header that is too large is refused`(request: String) throws {
        #expect(try status(of: Array(request.utf8)) == 431)
    }

    @Test func `a target that is too long is refused`() throws {
        let short = "GET /" + String(repeating: "a", count: 3000) + " HTTP/1.1\r\nHost: x\r\n\r\n"
        let long = "GET /" + String(repeating: "a", count: 300_000)
        #expect(try status(of: Array(short.utf8)) == 431)
        #expect(try status(of: Array(long.utf8)) == 414)
    }

    @Test func `zero bytes, line breaks and noise do not harm the server`() throws {
        var messages = [
            Array("GET /a\0b HTTP/1.1\r\nHo\0st: x\r\n\r\n".utf8),
            Array("\r\n\r\n\n\n\r".utf8),
            [UInt8](repeating: 0, count: 10_000),
            [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3],
        ]
        var state: UInt64 = 42
        for _ in 0..<50 {
            messages.append(
                (0..<500).map { _ -> UInt8 in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(truncatingIfNeeded: state >> 56)
                })
        }
        let server = try HTTPListener.echoing()
        defer { server.stop() }
        let connections = try messages.map { message in
            let connection = try RawConnection(port: server.port)
            try? connection.send(message)
            connection.finishSending()
            return connection
        }
        // Each comes to an end, with an answer or without.
        for connection in connections { _ = try connection.rest() }
        let next = try RawConnection(port: server.port)
        try next.send("GET /still HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try next.reply()?.text == "GET /still - ")
    }

    @Test func `a request that is cut at any byte does not harm the server`() throws {
        let request = Array(
            "POST /p?q HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
        let server = try HTTPListener.echoing()
        defer { server.stop() }
        for end in request.indices {
            let connection = try RawConnection(port: server.port)
            try connection.send(Array(request[..<end]))
        }
        let whole = try RawConnection(port: server.port)
        for byte in request { try whole.send([byte]) }
        #expect(try whole.reply()?.text == "POST /p q abc")
    }

    @Test func `a header that arrives too slowly is cut`() throws {
        let server = try HTTPListener.echoing { $0.headTimeoutSeconds = 1 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.1\r\nHost: x\r\n")
        // The next reading ends when the server cuts, and fails the test if it does not.
        #expect(try connection.reply() == nil)
    }

    @Test func `a body that arrives too slowly is cut`() throws {
        let server = try HTTPListener.echoing { $0.bodyTimeoutSeconds = 1 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na")
        #expect(try connection.reply() == nil)
    }

    @Test func `an idle connection is closed`() throws {
        let server = try HTTPListener.echoing { $0.idleTimeoutSeconds = 1 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        #expect(try connection.rest().isEmpty)
    }

    @Test func `one address cannot take all connections`() throws {
        let server = try HTTPListener.echoing { $0.maximumConnectionsPerAddress = 2 }
        defer { server.stop() }
        let first = [try RawConnection(port: server.port), try RawConnection(port: server.port)]
        for connection in first {
            try connection.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try connection.reply()?.status == 200)
        }
        // Two more are told why and closed; a fifth is closed at once.
        let more = [try RawConnection(port: server.port), try RawConnection(port: server.port)]
        let fifth = try RawConnection(port: server.port)
        try? fifth.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try fifth.reply() == nil)
        for connection in more {
            try connection.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
            let reply = try #require(try connection.reply())
            #expect(reply.status == 429 && reply.header("Connection") == "close")
        }
        try first[0].send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try first[0].reply()?.status == 200)
    }

    @Test func `connections beyond the limit are answered with 503`() throws {
        let server = try HTTPListener.echoing { $0.maximumConnections = 2 }
        defer { server.stop() }
        let first = [try RawConnection(port: server.port), try RawConnection(port: server.port)]
        for connection in first {
            try connection.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try connection.reply()?.status == 200)
        }
        let third = try RawConnection(port: server.port)
        try third.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try third.reply()?.status == 503)
    }

    @Test func `refusals by the transport use the configured text`() throws {
        let server = try HTTPListener.echoing { configuration in
            configuration.maximumHeaderBytes = 2048
            configuration.refusal = { .text(status: $0.status, "no: \($0.reason)") }
        }
        defer { server.stop() }
        for (request, status) in [
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 3000))\r\n\r\n", 431),
        ] {
            let connection = try RawConnection(port: server.port)
            try connection.send(request)
            let reply = try #require(try connection.reply())
            #expect(reply.status == status && reply.text.hasPrefix("no: "), "\(reply)")
        }
    }
}
