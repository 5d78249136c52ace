import Foundation
import QuipuHTTPServer
import Testing

@Suite struct `A slow response does not hold up the server` {
    private let begun = DispatchSemaphore(value: 0)
    private let mayGoOn = DispatchSemaphore(value: 0)

    /// One thread for all connections: whatever holds it up holds up all.
    private func server() throws -> HTTPListener {
        func alone(_ configuration: inout HTTPListener.Configuration) { configuration.threads = 1 }
        return try HTTPListener.answering(alone) { [begun, mayGoOn] head in
            guard head.path == "/late" else { return .respond(.text(status: 200, "at once")) }
            return .deferred {
                begun.signal()
                mayGoOn.wait()
                return .text(status: 200, "late")
            }
        }
    }

    private func ask(_ path: String, on connection: RawConnection, body: String = "") throws {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        try connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\(length)\r\n\(body)")
    }

    @Test func `a slow response does not delay other requests and is sent when it is ready`() throws {
        let server = try server()
        defer { server.stop() }
        let slow = try RawConnection(port: server.port)
        try ask("/late", on: slow)
        try #require(begun.wait(timeout: .now() + 10) == .success)
        let quick = try RawConnection(port: server.port)
        for _ in 0..<3 {
            try ask("/", on: quick)
            #expect(try quick.reply()?.text == "at once")
        }
        mayGoOn.signal()
        #expect(try slow.reply()?.text == "late")
        // The connection goes on.
        try ask("/", on: slow)
        #expect(try slow.reply()?.text == "at once")
    }

    @Test func `a stopping server waits for a slow response`() throws {
        let server = try server()
        let slow = try RawConnection(port: server.port)
        try ask("/late", on: slow)
        try #require(begun.wait(timeout: .now() + 10) == .success)
        let stopped = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            // Longer than its grace: no thread can be taken back.
            server.stop(graceMilliseconds: 0)
            stopped.signal()
        }
        mayGoOn.signal()
        #expect(stopped.wait(timeout: .now() + 10) == .success)
    }

    @Test func `a slow response for a disconnected peer is discarded without harm`() throws {
        let server = try server()
        defer { server.stop() }
        var slow: RawConnection? = try RawConnection(port: server.port)
        try ask("/late", on: try #require(slow))
        try #require(begun.wait(timeout: .now() + 10) == .success)
        slow = nil
        mayGoOn.signal()
        let other = try RawConnection(port: server.port)
        try ask("/", on: other)
        #expect(try other.reply()?.text == "at once")
    }

    @Test func `a request with a body cannot have a slow response and is answered with 400`() throws {
        let server = try server()
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try ask("/late", on: connection, body: "what for")
        #expect(try connection.reply()?.status == 400)
    }

    @Test func `slow responses are limited in number, and further requests are answered with 503`() throws {
        let server = try server()
        defer { server.stop() }
        let asking = try (0..<64).map { _ in try RawConnection(port: server.port) }
        for connection in asking {
            try ask("/late", on: connection)
            try #require(begun.wait(timeout: .now() + 10) == .success)
        }
        let late = try RawConnection(port: server.port)
        try ask("/late", on: late)
        #expect(try late.reply()?.status == 503)
        for _ in asking { mayGoOn.signal() }
        for connection in asking { #expect(try connection.reply()?.text == "late") }
    }
}
