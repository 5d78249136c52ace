import Glibc
import QuipuHTTPClient
import QuipuHTTPServer
import Testing

@Suite struct `A request that fails reports how` {
    private struct Stop: Error, Equatable {}

    private func failure(
        of url: String, method: String = "GET", body: HTTPClientRequest.Body = .none,
        _ adjust: (inout HTTPSession.Configuration) -> Void = { _ in },
        onBody: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) -> HTTPClientError? {
        var configuration = HTTPSession.Configuration()
        adjust(&configuration)
        let client = HTTPSession(configuration: configuration)
        do throws(HTTPClientError) {
            _ = try client.send(HTTPClientRequest(method: method, url: url, body: body), onBody: onBody)
            return nil
        } catch {
            #expect(!error.message.isEmpty)
            return error
        }
    }

    private func failure(
        after reply: String, _ adjust: (inout HTTPSession.Configuration) -> Void = { _ in }
    ) -> HTTPClientError? {
        let server = ScriptedServer { peer in
            peer.readHeader()
            peer.send(reply)
        }
        defer { server.stop() }
        return failure(of: server.url, adjust)
    }

    @Test func `a refused connection is reported as unreachable`() {
        let (port, holder) = ScriptedServer.unusedPort()
        defer { close(holder) }
        let error = failure(of: "http://127.0.0.1:\(port)/x?secret=1")
        #expect(error?.code == .unreachable)
        #expect(error?.url == "http://127.0.0.1:\(port)/x")
    }

    @Test func `a name that does not exist is reported as unreachable`() {
        // Longer than a name may be, so no name server is asked.
        let name = String(repeating: "a", count: 64) + ".invalid"
        #expect(failure(of: "http://\(name)/")?.code == .unreachable)
    }

    @Test func `a connection that is not made in time is reported as unreachable`() {
        // Its queue of one is full, so the system lets further ones wait.
        let (port, holder) = ScriptedServer.unusedPort()
        listen(holder, 0)
        defer { close(holder) }
        var waiting: [Int32] = []
        defer { for descriptor in waiting { close(descriptor) } }
        for _ in 0..<8 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            waiting.append(descriptor)
        }
        let error = failure(of: "http://127.0.0.1:\(port)/") { $0.connectTimeoutMilliseconds = 300 }
        #expect(error?.code == .unreachable)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "",
    ])
    func `a reply that ends too soon is reported as cut`(reply: String) {
        #expect(failure(after: reply)?.code == .cut)
    }

    @Test func `a reset in the middle of a reply is reported as cut`() {
        let server = ScriptedServer { peer in
            peer.readHeader()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc")
            peer.resetOnClose()
        }
        defer { server.stop() }
        #expect(failure(of: server.url)?.code == .cut)
    }

    @Test func `a reset in the middle of a request is reported as cut`() {
        let server = ScriptedServer { peer in
            peer.readHeader()
            peer.resetOnClose()
        }
        defer { server.stop() }
        let body = [UInt8](repeating: 7, count: 20_000_000)
        #expect(failure(of: server.url, method: "POST", body: .bytes(body))?.code == .cut)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\u{0}\u{1}\u{2}\u{3}garbage\u{ff}\r\n\r\n",
        "<html>no status line</html>",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 abc\r\n\r\n",
    ])
    func `a reply that is not HTTP is reported as a protocol violation`(reply: String) {
        #expect(failure(after: reply)?.code == .protocolViolation)
    }

    @Test func `a server that stalls is reported as a timeout`() {
        let server = ScriptedServer { peer in
            peer.readHeader()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
            _ = peer.readToEnd()
        }
        defer { server.stop() }
        #expect(failure(of: server.url) { $0.stallTimeoutSeconds = 1 }?.code == .timedOut)
        #expect(failure(of: server.url) { $0.totalTimeoutMilliseconds = 100 }?.code == .timedOut)
    }

    @Test func `a reply larger than allowed is refused`() {
        let length = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + String(repeating: "x", count: 2000)
        let chunk =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n"
            + String(repeating: "x", count: 2000)
        let header =
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 2000) + "\r\nContent-Length: 0\r\n\r\n"
        let endless = "HTTP/1.1 200 OK\r\n" + String(repeating: "X: x\r\n", count: 30_000)
        #expect(failure(after: length) { $0.maximumResponseBytes = 1000 }?.code == .tooLarge)
        #expect(failure(after: chunk) { $0.maximumResponseBytes = 1000 }?.code == .tooLarge)
        #expect(failure(after: header) { $0.maximumHeaderBytes = 1000 }?.code == .tooLarge)
        #expect(failure(after: endless)?.code == .tooLarge)
        #expect(failure(after: length) == nil)
    }

    @Test func `an error that the caller's closure throws is returned to the caller`() throws {
        let server = ScriptedServer { peer in
            peer.readHeader()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
        }
        defer { server.stop() }
        let receiving = failure(of: server.url, onBody: { _ in throw Stop() })
        #expect(receiving?.code == .aborted)
        #expect(receiving?.underlying as? Stop == Stop())
        let sending = failure(
            of: server.url, method: "POST", body: .stream(lengthBytes: 5) { _ in throw Stop() })
        #expect(sending?.code == .aborted)
        #expect(sending?.underlying is Stop)
    }

    @Test(arguments: [
        "ftp://h/", "file:///etc/passwd", "h/", "http:///x", "http://:80/", "", "http://h/a b",
        "http://h/\r\nX: y",
        "http://a\\@b/", "http://h/í", "gopher://h/_x", "http://[::1/", "http://h:99999/",
    ])
    func `a malformed URL is refused`(url: String) {
        #expect(failure(of: url)?.code == .badURL)
    }

    @Test(arguments: ["http://user:hunter2@h/p", "https://hunter2@h", "http://a@b:hunter2@h/?q"])
    func `a URL with credentials is refused, and the error does not repeat them`(url: String) throws {
        let error = try #require(failure(of: url))
        #expect(error.code == .badURL)
        #expect(!"\(error)\(error.url)".contains("hunter2"))
        #expect(error.message.contains("credentials"))
    }

    @Test func `a header field that HTTP cannot carry is refused`() throws {
        let client = HTTPSession()
        for request in [
            HTTPClientRequest(method: "GET", url: "http://h/", headers: [("A", "b\r\nC: d")]),
            HTTPClientRequest(method: "GET", url: "http://h/", headers: [("A b", "c")]),
            HTTPClientRequest(method: "GET", url: "http://h/", headers: [("", "c")]),
            HTTPClientRequest(method: "G T", url: "http://h/"),
        ] {
            let error = #expect(throws: HTTPClientError.self) { try client.collect(request) }
            #expect(error?.code == .badRequest)
        }
    }

    @Test func `the client works after any failure`() throws {
        let server = try HTTPListener { _ in .respond(.text(status: 200, "ok")) }
        defer { server.stop() }
        let cutting = ScriptedServer { peer in
            peer.readHeader()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
        }
        defer { cutting.stop() }
        let client = HTTPSession()
        for _ in 0..<3 {
            #expect(throws: HTTPClientError.self) {
                try client.collect(HTTPClientRequest(method: "GET", url: cutting.url))
            }
            let url = "http://127.0.0.1:\(server.port)/"
            let (response, body) = try client.collect(HTTPClientRequest(method: "GET", url: url))
            #expect(response.status == 200)
            #expect(body == Array("ok".utf8))
        }
    }
}
