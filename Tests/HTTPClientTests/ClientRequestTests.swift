import Foundation
import QuipuHTTPClient
import QuipuHTTPServer
import Synchronization
import Testing

@Suite struct `A client and a server understand each other` {
    /// Answers with the head it got, as text, and the body.
    private func reflecting() throws -> HTTPListener {
        try HTTPListener { head in
            .accept(
                BufferedRequestHandler(limitBytes: 1 << 20) { body in
                    var text = "\(head.method) \(head.path)\n"
                    for (name, value) in head.headers.fields where name != "Host" {
                        text += "\(name)=\(value)\n"
                    }
                    return HTTPResponse(
                        status: 200, headers: [("Content-Type", "text/plain"), ("X-Empty", "")],
                        body: .bytes(Array(text.utf8) + body))
                })
        }
    }

    private func text(_ request: HTTPClientRequest, to server: HTTPListener) throws -> String {
        var request = request
        request.url = "http://127.0.0.1:\(server.port)\(request.url)"
        return String(decoding: try HTTPSession().collect(request).body, as: UTF8.self)
    }

    @Test func `a request has no header fields that the caller did not ask for`() throws {
        let server = try reflecting()
        defer { server.stop() }
        let agent = "User-Agent=quipu\n"
        #expect(try text(.init(method: "GET", url: "/a"), to: server) == "GET /a\n" + agent)
        #expect(try text(.init(method: "DELETE", url: "/a"), to: server) == "DELETE /a\n" + agent)
        #expect(
            try text(.init(method: "POST", url: "/a", body: .bytes([65])), to: server)
                == "POST /a\n" + agent + "Content-Length=1\nA")
        for body in [HTTPClientRequest.Body.none, .bytes([]), .stream(lengthBytes: 0) { _ in [] }] {
            for method in ["POST", "PUT"] {
                #expect(
                    try text(.init(method: method, url: "/a", body: body), to: server)
                        == "\(method) /a\n" + agent + "Content-Length=0\n")
            }
        }
        #expect(
            try text(
                .init(
                    method: "PUT", url: "/a", headers: [("Content-Type", "x/y"), ("X-Empty", "")],
                    body: .bytes([65])),
                to: server) == "PUT /a\n" + agent + "Content-Type=x/y\nX-Empty=\nContent-Length=1\nA")
    }

    @Test func `a body is streamed with and without its length`() throws {
        let server = try reflecting()
        defer { server.stop() }
        for length in [UInt64(6), nil] {
            var pieces = ["ab", "cdef", ""][...]
            let body = HTTPClientRequest.Body.stream(lengthBytes: length) { _ in
                Array((pieces.popFirst() ?? "").utf8)
            }
            let answer = try text(.init(method: "PUT", url: "/", body: body), to: server)
            #expect(answer.hasSuffix("abcdef"))
            #expect(answer.contains(length == nil ? "Transfer-Encoding=chunked" : "Content-Length=6"))
        }
    }

    @Test func `a streamed body is held to the length announced`() throws {
        let server = try reflecting()
        defer { server.stop() }
        var pieces = ["abc", "d", ""][...]
        func body(_ lengthBytes: UInt64) -> HTTPClientRequest.Body {
            .stream(lengthBytes: lengthBytes) { _ in Array((pieces.popFirst() ?? "").utf8) }
        }
        let short = #expect(throws: HTTPClientError.self) {
            try text(.init(method: "PUT", url: "/", body: body(6)), to: server)
        }
        #expect(short?.code == .aborted)
        pieces = ["abc", "d", ""]
        #expect(try text(.init(method: "PUT", url: "/", body: body(2)), to: server).hasSuffix("=2\nab"))
    }

    @Test func `status, header fields and an absent body reach the caller`() throws {
        let server = try HTTPListener { head in
            switch head.path {
            case "/gone": .respond(.text(status: 410, "gone"))
            case "/moved": .respond(.init(status: 302, headers: [("Location", "http://192.0.2.1/")]))
            case "/none": .respond(.init(status: 204))
            case "/same": .respond(.init(status: 304, headers: [("ETag", "\"a\"")]))
            default:
                .respond(.init(status: 200, headers: [("X", "1"), ("x", "2")], body: .bytes([1, 2, 3])))
            }
        }
        defer { server.stop() }
        let client = HTTPSession()
        func get(_ path: String, _ method: String = "GET") throws -> (HTTPClientResponse, [UInt8]) {
            try client.collect(.init(method: method, url: "http://127.0.0.1:\(server.port)\(path)"))
        }
        #expect(try get("/gone").0.status == 410)
        #expect(try get("/gone").1 == Array("gone".utf8))
        #expect(try get("/moved").0.status == 302)
        #expect(try get("/moved").0.headers["location"] == "http://192.0.2.1/")
        #expect(try get("/none").0.status == 204)
        #expect(try get("/same").0.status == 304)
        #expect(try get("/x").0.headers.values(of: "X") == ["1", "2"])
        #expect(try get("/x", "HEAD").0.headers["Content-Length"] == "3")
        #expect(try get("/x", "HEAD").1 == [])
    }

    @Test func `the caller gets the head before the body and can end the request there`() throws {
        struct NotWanted: Error {}
        let server = try reflecting()
        defer { server.stop() }
        let request = HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/")
        var order: [String] = []
        _ = try HTTPSession().send(
            request, onHead: { order.append("\($0.status)") }, onBody: { _ in order.append("body") })
        #expect(order == ["200", "body"])
        let error = #expect(throws: HTTPClientError.self) {
            try HTTPSession().send(
                request, onHead: { _ in throw NotWanted() }, onBody: { _ in Issue.record("a body") })
        }
        #expect(error?.underlying is NotWanted)
    }

    @Test func `interim replies are skipped`() throws {
        let server = ScriptedServer { peer in
            peer.readHeader()
            peer.send(
                "HTTP/1.1 103 Early Hints\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nB: 2\r\nContent-Length: 0\r\n\r\n"
            )
        }
        defer { server.stop() }
        let response = try HTTPSession().collect(.init(method: "GET", url: server.url)).response
        #expect(response.status == 200)
        #expect(response.headers.fields.map(\.name) == ["B", "Content-Length"])
    }

    @Test func `a hundred requests use one connection`() throws {
        let server = try reflecting()
        defer { server.stop() }
        let client = HTTPSession()
        var opened = 0
        for number in 0..<100 {
            let (response, body) = try client.collect(
                .init(method: "POST", url: "http://127.0.0.1:\(server.port)/\(number)", body: .bytes([66])))
            #expect(String(decoding: body, as: UTF8.self).hasPrefix("POST /\(number)\n"))
            if !response.reusedConnection { opened += 1 }
        }
        #expect(opened == 1)
    }

    @Test func `a connection that the server has closed is replaced transparently`() throws {
        let client = HTTPSession()
        let first = try reflecting()
        let url = "http://127.0.0.1:\(first.port)/"
        _ = try client.collect(.init(method: "POST", url: url, body: .bytes([1])))
        first.stop()
        var configuration = HTTPListener.Configuration()
        configuration.port = first.port
        let second = try HTTPListener(configuration: configuration) { _ in .respond(.init(status: 201)) }
        defer { second.stop() }
        #expect(try client.collect(.init(method: "POST", url: url, body: .bytes([1]))).response.status == 201)
    }

    @Test func `eight concurrent clients each get their own answers`() throws {
        let server = try reflecting()
        defer { server.stop() }
        let port = server.port
        let wrong = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { client in
            let connection = HTTPSession()
            for number in 0..<50 {
                let body = Array(repeating: UInt8(65 + client), count: 1 + number * 100)
                let request = HTTPClientRequest(
                    method: "POST", url: "http://127.0.0.1:\(port)/\(client)/\(number)", body: .bytes(body))
                do {
                    let answer = try connection.collect(request).body
                    if !answer.starts(with: "POST /\(client)/\(number)\n".utf8)
                        || answer.suffix(body.count) != body[...]
                    {
                        wrong.withLock { $0.append("\(client)/\(number)") }
                    }
                } catch {
                    wrong.withLock { $0.append("\(client)/\(number): \(error)") }
                }
            }
        }
        #expect(wrong.withLock { $0 } == [])
    }

    @Test func `bytes are counted on the connection, headers and framing included`() throws {
        let observed = Mutex(0)
        let reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        let server = ScriptedServer { peer in
            peer.send(reply)
            let count = peer.readToEnd().count
            observed.withLock { $0 = count }
        }
        var sent: UInt64 = 0
        do {
            let client = HTTPSession()
            var pieces = [[UInt8](repeating: 1, count: 100), []][...]
            let request = HTTPClientRequest(
                method: "POST", url: server.url,
                body: .stream(lengthBytes: nil) { _ in pieces.popFirst() ?? [] })
            let response = try client.collect(request).response
            sent = response.bytesSent
            #expect(response.bytesReceived == UInt64(reply.utf8.count))
        }
        server.stop()
        #expect(sent == UInt64(observed.withLock { $0 }))
    }

    @Test func `an exchange of 150 bytes each way takes at most 400 with its headers`() throws {
        let server = try HTTPListener { _ in
            .accept(
                BufferedRequestHandler(limitBytes: 1000) { body in
                    HTTPResponse(
                        status: 200, headers: [("Content-Type", "application/cbor-seq")], body: .bytes(body))
                })
        }
        defer { server.stop() }
        let request = HTTPClientRequest(
            method: "POST", url: "http://127.0.0.1:\(server.port)/v1/archives/field-notes/sync",
            headers: [
                ("Content-Type", "application/cbor-seq"),
                ("Authorization", "Bearer " + String(repeating: "t", count: 43)),
            ],
            body: .bytes([UInt8](repeating: 1, count: 150)))
        let response = try HTTPSession().collect(request).response
        #expect(response.bytesSent <= 400)
        #expect(response.bytesReceived <= 400)
        print("150 bytes each way: \(response.bytesSent) sent, \(response.bytesReceived) received")
    }
}
