import Foundation
import QuipuCausality
import QuipuHTTPClient
import QuipuHTTPServer
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Synchronization
import Testing

/// A server of one immutable file, which can be exchanged for another.
private final class FileServer: Sendable {
    static let mediaType = "application/vnd.quipu.sample"

    private struct State {
        var content: [UInt8]
        var tag: String
        var refusals = 0
        var ranges: [String] = []
    }

    private final class Shared: Sendable {
        let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }
    }

    let http: HTTPListener
    private let shared: Shared

    init(_ content: [UInt8], tag: String = "one") throws {
        let shared = Shared(State(content: content, tag: tag))
        self.shared = shared
        http = try HTTPListener { head in
            let (content, tag, isRefused) = shared.state.withLock { state in
                state.ranges.append(head.headers["Range"] ?? "")
                defer { state.refusals = max(0, state.refusals - 1) }
                return (state.content, state.tag, state.refusals > 0)
            }
            if isRefused {
                return .respond(
                    HTTPResponse(
                        status: 503, headers: [("Retry-After", "7"), ("Content-Type", "text/plain")]))
            }
            let answer = ImmutableContent(
                lengthBytes: UInt64(content.count), tag: tag, headers: [("Content-Type", Self.mediaType)]
            ) { .bytes(Array(content[Int($0.lowerBound)..<Int($0.upperBound)])) }
            do { return .respond(try answer.response(to: head)) } catch {
                let end = ("Content-Range", "bytes */\(content.count)")
                return .respond(HTTPResponse(status: 416, headers: [end], body: .bytes([1, 2])))
            }
        }
    }

    deinit { http.stop() }

    var url: String { "http://127.0.0.1:\(http.port)/" }
    /// What was asked for, request by request; empty for the whole.
    var ranges: [String] { shared.state.withLock { $0.ranges } }

    func exchange(for content: [UInt8], tag: String) {
        shared.state.withLock { ($0.content, $0.tag) = (content, tag) }
    }

    func refuse(times: Int) { shared.state.withLock { $0.refusals = times } }
}

/// Made once: making it takes longer than the rest of a test.
private let content = (0..<3_000_017).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 16) }

@Suite struct `A file is downloaded` {
    private let folder: TemporaryFolder
    private var path: String { folder.path(of: "whole") }

    init() throws { folder = try TemporaryFolder() }

    private static let limits = FileDownload.Limits(maximumBytes: 10_000_000)

    private func download(
        _ url: String, limits: FileDownload.Limits = limits, pause: (Int) -> Void = { _ in },
        check: (PartialFile) throws -> Void = { _ in }
    ) throws -> FileDownload.Cost {
        try withoutActuallyEscaping(pause) { pause in
            try FileDownload(
                HTTPClientRequest(method: "GET", url: url), of: FileServer.mediaType, over: HTTPSession(),
                location: "office", limits: limits, pause: pause
            ).run(into: PartialFile(for: path), check: check)
        }
    }

    private var held: [UInt8] { [UInt8](FileManager.default.contents(atPath: path) ?? Data()) }
    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

    @Test func `a download stops at its first bytes when they do not match the file type`() throws {
        let server = try FileServer(content)
        for start in [[content[0] ^ 1], [content[0], content[1] ^ 1]] {
            let error = #expect(throws: ReplicationError.self) {
                _ = try FileDownload(
                    HTTPClientRequest(method: "GET", url: server.url), of: FileServer.mediaType,
                    beginningWith: start, over: HTTPSession(), location: "office", limits: Self.limits
                ).fetch(into: PartialFile(for: path))
            }
            #expect(error?.code == .damaged)
            #expect(names.isEmpty)
        }
        let file = try PartialFile(for: path)
        _ = try FileDownload(
            HTTPClientRequest(method: "GET", url: server.url), of: FileServer.mediaType,
            beginningWith: Array(content.prefix(9)), over: HTTPSession(), location: "office",
            limits: Self.limits
        ).fetch(into: file)
        #expect(file.sizeBytes == UInt64(content.count))
    }

    @Test func `a download resumes after each cut within one run`() throws {
        let server = try FileServer(content)
        let proxy = try CuttingProxy(to: server.http.port, cutting: .reply, afterBytes: 700_000)
        let cost = try download(proxy.url)
        #expect(held == content)
        #expect(names == ["whole"])
        #expect(proxy.cuts == 4)
        #expect(cost.attempts == 5)
        // Nothing came twice: what passed is the content and five short headers.
        #expect(cost.bytesReceived == UInt64(content.count))
        #expect(proxy.passedBytes.reply < content.count + 5 * 400)
    }

    @Test func `a download resumes in a later run from a private partial file`()
        throws
    {
        let server = try FileServer(content)
        do {
            let proxy = try CuttingProxy(to: server.http.port, cutting: .reply, afterBytes: 700_000)
            var limits = Self.limits
            (limits.fruitlessAttempts, limits.progressBytes) = (1, 1_000_000)
            let error = #expect(throws: ReplicationError.self) {
                try download(proxy.url, limits: limits)
            }
            #expect(error?.code == .cut)
        }
        #expect(names.sorted() == ["whole.partial", "whole.partial.tag"])
        for name in names {
            let facts = try FileManager.default.attributesOfItem(atPath: folder.path(of: name))
            #expect(facts[.posixPermissions] as? Int == 0o600)
        }
        let cost = try download(server.url)
        #expect(held == content)
        #expect(cost.resumedAtBytes > 690_000)
        #expect(cost.bytesReceived == UInt64(content.count) - cost.resumedAtBytes)
        #expect(server.ranges == ["", "bytes=\(cost.resumedAtBytes)-"])
    }

    @Test func `a download starts over when the remote file has changed`() throws {
        let server = try FileServer(content)
        let other = Array(content.reversed())
        let proxy = try CuttingProxy(to: server.http.port, cutting: .reply, afterBytes: 700_000, times: 1)
        let cost = try download(proxy.url)
        #expect(cost.attempts == 2)
        #expect(held == content)

        try FileManager.default.removeItem(atPath: path)
        let part = try PartialFile(for: path)
        try part.restart(tag: "\"one\"")
        try content.prefix(1000).withUnsafeBytes { try part.append($0) }
        _ = consume part
        server.exchange(for: other, tag: "two")
        #expect(try download(server.url).bytesReceived == UInt64(other.count))
        #expect(held == other)
    }

    @Test func `a download that fails its check leaves no file`() throws {
        struct Wrong: Error {}
        let server = try FileServer(content)
        #expect(throws: Wrong.self) { try download(server.url, check: { _ in throw Wrong() }) }
        #expect(names.isEmpty)
    }

    @Test func `a complete partial file only needs its final name`() throws {
        let server = try FileServer(content)
        let part = try PartialFile(for: path)
        try part.restart(tag: "\"one\"")
        try content.withUnsafeBytes { try part.append($0) }
        _ = consume part
        let cost = try download(server.url)
        #expect(cost.bytesReceived < 100)
        #expect(held == content)
    }

    @Test func `a download ignores an unrelated page and keeps its partial file`() throws {
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nlogin"
        let stranger = try LoopbackServer(answering: page)
        let part = try PartialFile(for: path)
        try part.restart(tag: "\"one\"")
        try content.prefix(1_000_000).withUnsafeBytes { try part.append($0) }
        _ = consume part
        let error = #expect(throws: ReplicationError.self) { try download(stranger.url) }
        #expect(error?.code == .notQuipu)
        let server = try FileServer(content)
        #expect(try download(server.url).resumedAtBytes == 1_000_000)
        #expect(held == content)
    }

    @Test func `a download stops at its size limit, before the body when the length is known`() throws {
        let server = try FileServer(content)
        let error = #expect(throws: ReplicationError.self) {
            try download(server.url, limits: .init(maximumBytes: 1_000_000))
        }
        #expect(error?.code == .tooLarge)
        #expect(PartialFileSize.of(path) == 0)
    }

    @Test func `a download waits as long as the server asks and gives up when nothing arrives`() throws {
        let server = try FileServer(content)
        server.refuse(times: 2)
        let pauses = Mutex<[Int]>([])
        _ = try download(server.url, pause: { pause in pauses.withLock { $0.append(pause) } })
        #expect(pauses.withLock { $0 } == [7000, 7000])
        #expect(held == content)
        try FileManager.default.removeItem(atPath: path)
        server.refuse(times: .max)
        #expect(throws: ReplicationError.self) { try download(server.url) }
        #expect(server.ranges.count == 3 + 4)
    }

    @Test func `a second download of the same file is refused`() throws {
        let server = try FileServer(content)
        let first = try PartialFile(for: path)
        let error = #expect(throws: StorageError.self) { try download(server.url) }
        #expect(error?.code == .busy)
        _ = consume first
    }

    @Test func `a download does not wait for a server that does not answer`() throws {
        let port = try UnusedPort()
        let error = #expect(throws: ReplicationError.self) {
            try download("http://127.0.0.1:\(port.port)/", pause: { _ in Issue.record("it waited") })
        }
        #expect(error?.code == .unreachable)
    }
}

private enum PartialFileSize {
    static func of(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path + ".partial"))?[.size] as? Int
    }
}
