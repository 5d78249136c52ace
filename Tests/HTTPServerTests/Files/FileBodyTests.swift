import Foundation
import QuipuHTTPServer
import Testing

private let content = (0..<3_000_017).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 16) }

@Suite struct `A file is served as a response body` {

    private func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("quipu-file-\(UUID())")
        try Data(content).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }

    @Test func `a file is served unchanged, whole and in parts, to many clients at once`() throws {
        try withFile { path in
            let file = try #require(OpenFile(path: path))
            #expect(file.sizeBytes == UInt64(content.count))
            let server = try HTTPListener.answering { head in
                let ends = head.path.dropFirst().split(separator: "-").compactMap { UInt64($0) }
                return .respond(HTTPResponse(status: 200, body: .file(file, ends[0]..<ends[1])))
            }
            defer { server.stop() }
            let connections = try (0..<4).map { _ in try RawConnection(port: server.port) }
            for range in [0..<content.count, 1..<2, 1_000_000..<2_999_999, 7..<7] {
                for connection in connections {
                    try connection.send(
                        "GET /\(range.lowerBound)-\(range.upperBound) HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                for connection in connections {
                    let reply = try #require(try connection.reply())
                    #expect(reply.body == Array(content[range]))
                }
            }
        }
    }

    @Test func `HEAD of a file gives its size and no content`() throws {
        try withFile { path in
            let file = try #require(OpenFile(path: path))
            let server = try HTTPListener.answering { _ in
                .respond(HTTPResponse(status: 200, body: .file(file, 0..<file.sizeBytes)))
            }
            defer { server.stop() }
            let connection = try RawConnection(port: server.port)
            try connection.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try connection.reply(hasBody: false)?.header("Content-Length") == "\(content.count)")
            #expect(try connection.rest().isEmpty)
        }
    }

    @Test func `a file is closed after its last response was sent`() throws {
        try withFile { path in
            let server = try HTTPListener.answering { _ in
                guard let file = OpenFile(path: path) else { return .respond(HTTPResponse(status: 404)) }
                return .respond(HTTPResponse(status: 200, body: .file(file, 0..<10)))
            }
            for _ in 0..<50 {
                let connection = try RawConnection(port: server.port)
                try connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try connection.reply()?.body.count == 10)
            }
            server.stop()
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
            }
            #expect(open.isEmpty)
        }
    }

    @Test func `a folder or a missing file cannot be opened as a body`() {
        #expect(OpenFile(path: "/") == nil)
        #expect(OpenFile(path: "/nowhere/at/all") == nil)
    }
}
