import Foundation
import QuipuHTTPServer
import Testing

@Suite struct `A server listens and stops` {
    private func failure(_ adjust: (inout HTTPListener.Configuration) -> Void) -> HTTPServerError? {
        do throws(HTTPServerError) {
            var configuration = HTTPListener.Configuration()
            adjust(&configuration)
            let server = try HTTPListener(configuration: configuration) { _ in .respond(.init(status: 200)) }
            server.stop()
            return nil
        } catch {
            return error
        }
    }

    @Test func `the error for a port in use names the port`() throws {
        let first = try HTTPListener.echoing()
        defer { first.stop() }
        let error = try #require(failure { $0.port = first.port })
        #expect(error.code == .addressInUse)
        #expect(error.description.contains("127.0.0.1:\(first.port)"))
        #expect(error.description.contains("another port"))
    }

    @Test func `an address that does not belong to this machine is refused`() throws {
        #expect(failure { $0.host = "192.0.2.1" }?.code == .addressUnavailable)
        #expect(failure { $0.host = String(repeating: "a", count: 64) }?.code == .addressUnavailable)
        #expect(failure { $0.host = "" }?.code == .invalidConfiguration)
    }

    @Test func `limits that cannot work are refused`() {
        #expect(failure { $0.threads = 0 }?.code == .invalidConfiguration)
        #expect(failure { $0.maximumConnections = 1 }?.code == .invalidConfiguration)
        #expect(failure { $0.maximumHeaderBytes = 5 }?.code == .invalidConfiguration)
        #expect(failure { $0.idleTimeoutSeconds = -1 }?.code == .invalidConfiguration)
        #expect(failure { $0.bodyTimeoutSeconds = 0 }?.code == .invalidConfiguration)
    }

    @Test func `a malformed certificate is refused`() {
        #expect(failure { $0.certificate = .init(chain: "x", key: "y") }?.code == .certificate)
    }

    @Test func `a port is free again after the server stops`() throws {
        let first = try HTTPListener.echoing()
        let port = first.port
        let connection = try RawConnection(port: port)
        try connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.status == 200)
        first.stop()
        first.stop()
        #expect(throws: RawConnection.Failure.self) { try RawConnection(port: port) }
        let second = try HTTPListener.echoing { $0.port = port }
        #expect(second.port == port)
        second.stop()
    }

    @Test func `a server works with one thread`() throws {
        let server = try HTTPListener.echoing { $0.threads = 1 }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.status == 200)
    }

    @Test func `stopping lets a running request finish and accepts no other`() throws {
        let isInside = DispatchSemaphore(value: 0)
        let mayGo = DispatchSemaphore(value: 0)
        let server = try HTTPListener.answering { head in
            guard head.path == "/slow" else { return .respond(HTTPResponse(status: 204)) }
            return .accept(
                BufferedRequestHandler(limitBytes: 10) { _ in
                    isInside.signal()
                    mayGo.wait()
                    return .text(status: 200, "done")
                })
        }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        isInside.wait()
        let hasStopped = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            server.stop()
            hasStopped.signal()
        }
        // Once a connection is closed unanswered, stopping is under way.
        var isAnswered = true
        while isAnswered {
            let other = try RawConnection(port: server.port)
            try? other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            isAnswered = try other.reply()?.status == 204
        }
        #expect(hasStopped.wait(timeout: .now()) == .timedOut)
        mayGo.signal()
        let reply = try #require(try connection.reply())
        #expect(reply.text == "done")
        #expect(reply.header("Connection") == "close")
        hasStopped.wait()
        #expect(throws: RawConnection.Failure.self) { try RawConnection(port: server.port) }
    }

    @Test func `stopping does not wait for a peer that does not read`() throws {
        let server = try HTTPListener.answering { _ in
            .respond(
                HTTPResponse(
                    status: 200, body: .stream(lengthBytes: nil) { _ in [UInt8](repeating: 0, count: 60_000) }
                ))
        }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try connection.reply()?.status == 200)
        server.stop(graceMilliseconds: 50)
        #expect(throws: RawConnection.Failure.self) { try RawConnection(port: server.port) }
    }

    @Test func `a server that is released stops`() throws {
        var server: HTTPListener? = try HTTPListener.echoing()
        let port = try #require(server?.port)
        server = nil
        #expect(throws: RawConnection.Failure.self) { try RawConnection(port: port) }
    }
}
