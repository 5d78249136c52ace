import Foundation
import QuipuHTTPClient
import QuipuHTTPServer
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Synchronization
import Testing

/// A client meets the limits of a server.
@Suite struct LimitedServerTests {
    private final class Waits: Sendable {
        let seconds = Mutex<[Int]>([])
    }

    /// Answers a message with these, one after the other, and then with the last for ever.
    private func serving(_ responses: [HTTPResponse]) throws -> HTTPListener {
        let left = Queue(responses)
        return try HTTPListener { _ in
            .accept(BufferedRequestHandler(limitBytes: 1 << 20) { _ in left.next() })
        }
    }

    private final class Queue: Sendable {
        private let responses: Mutex<[HTTPResponse]>

        init(_ responses: [HTTPResponse]) { self.responses = Mutex(responses) }

        func next() -> HTTPResponse { responses.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    }

    private func problem(_ status: Int, _ word: String, retryAfter: String?) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [("Content-Type", "application/problem+json")]
                + (retryAfter.map { [("Retry-After", $0)] } ?? []),
            body: .bytes(
                Array("{\"type\":\"urn:quipu:problem:\(word)\",\"title\":\"no\",\"status\":\(status)}".utf8)))
    }

    private func exchange(with server: HTTPListener, _ waits: Waits) throws -> TransportCost {
        var retryPolicy = RetryPolicy()
        retryPolicy.pause = { seconds in waits.seconds.withLock { $0.append(seconds) } }
        let url = try ArchiveURL("http://127.0.0.1:\(server.port)/press")
        return try HTTPTransport(url, retryPolicy: retryPolicy).exchange([1, 2, 3]) { _ in }
    }

    private let good = HTTPResponse(
        status: 200, headers: [("Content-Type", ExchangeMedia.type)], body: .bytes([1]))

    @Test func `a client waits as the server asks and sends the same request again`() throws {
        let server = try serving([
            problem(429, "too-many-requests", retryAfter: "3"), problem(503, "overloaded", retryAfter: "0"),
            good,
        ])
        defer { server.stop() }
        let waits = Waits()
        let cost = try exchange(with: server, waits)
        #expect(waits.seconds.withLock { $0 } == [3, 1])
        // What the refusals cost counts as well.
        #expect(cost.bytesSent > 3 * 100)
    }

    @Test func `a client gives up waiting after a bounded time`() throws {
        let server = try serving([problem(503, "overloaded", retryAfter: "50")])
        defer { server.stop() }
        let waits = Waits()
        let error = #expect(throws: ReplicationError.self) { try exchange(with: server, waits) }
        #expect(error?.code == .overloaded)
        #expect(waits.seconds.withLock { $0 } == [50, 50])
    }

    @Test(
        arguments: [
            (503, "busy", "1"), (503, "overloaded", nil), (429, "too-many-requests", "never"),
            (429, "too-many-requests", "-1"), (429, "too-many-requests", "99999999999999999999"),
            (500, "internal", "1"), (403, "read-only", "1"),
        ] as [(Int, String, String?)])
    func `a client does not wait for errors that waiting cannot resolve`(
        status: Int, word: String, retryAfter: String?
    ) throws {
        let server = try serving([problem(status, word, retryAfter: retryAfter)])
        defer { server.stop() }
        let waits = Waits()
        let error = #expect(throws: ReplicationError.self) { try exchange(with: server, waits) }
        #expect(error?.code.rawValue == word)
        #expect(waits.seconds.withLock { $0 } == [])
    }

    @Test func `a message that a proxy finds too large is split into smaller messages`() throws {
        let folder = try TemporaryFolder()
        let backend = FolderBackend(.directory(folder.path, createsArchives: true))
        let router = Router(backend: backend) { _ in }
        let server = try HTTPListener { head in
            let length = head.headers["Content-Length"].flatMap { Int($0) } ?? 0
            return length > 40_000 ? .respond(.text(status: 413, "too large")) : router.route(head)
        }
        defer { server.stop() }
        let group = try Replicas(1)
        var random = SplitMix64(seed: 9)
        for id in 1...40 {
            let noise = (0..<4_000).map { _ in String(UInt8.random(in: 16...255, using: &random), radix: 16) }
            try group.add([("title", "\"\(noise.joined())\"")], id: UInt128(id), at: 0)
        }
        let transport = HTTPTransport(try ArchiveURL("http://127.0.0.1:\(server.port)/press"))
        #expect(try Synchronizer(group[0], over: transport).run(agreement: nil).0.inSync)
    }
}

@Suite struct AdmissionControlTests {
    private func head(_ length: Int?) -> HTTPRequestHead {
        HTTPRequestHead(
            method: "POST", path: "/v1/archives/press/sync",
            headers: .init(
                [(name: "Content-Type", value: "application/vnd.quipu.exchange")]
                    + (length.map { [(name: "Content-Length", value: String($0))] } ?? [])))
    }

    private func status(_ disposition: HTTPDisposition) -> Int? {
        guard case .respond(let response) = disposition else { return nil }
        return response.status
    }

    @Test func `requests beyond the memory limit are refused by their head until others have ended`()
        throws
    {
        let folder = try TemporaryFolder()
        let router = Router(
            backend: FolderBackend(.directory(folder.path, createsArchives: true)),
            limits: RequestLimits(requestMemoryBytes: 10 << 20)
        ) { _ in }
        var held: [HTTPDisposition] = []
        for _ in 0..<2 {
            held.append(router.route(head(1 << 20)))
            #expect(status(held.last!) == nil)
        }
        let refused = router.route(head(1 << 20))
        #expect(status(refused) == 503)
        guard case .respond(let response) = refused else { return }
        #expect(response.headers.contains { $0 == ("Retry-After", "1") })
        // A small one still fits.
        #expect(status(router.route(head(10))) == nil)
        held.removeLast()
        #expect(status(router.route(head(1 << 20))) == nil)
        held = []
        // One that is larger than all there is is taken by itself.
        #expect(status(router.route(head(60 << 20))) == nil)
        #expect(status(router.route(head(nil))) == nil)
    }
}

/// All that a client asks of a server goes with its token.
@Suite struct TokenServerTests {
    private let folder: TemporaryFolder
    private let server: Server
    private let secret = TokenSecret(bytes: [UInt8](repeating: 7, count: 32))

    init() throws {
        folder = try TemporaryFolder()
        let tokens = FileTokenStore(in: folder.path)
        try tokens.add(
            AccessToken(
                id: secret.hash.id, hash: secret.hash, scope: .archive("press", .owner), createdAt: 1))
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        server = try Server(
            FolderBackend(.directory(folder.path, createsArchives: true)), tokens: tokens, as: configuration)
    }

    private func transport(_ token: String?) throws -> HTTPTransport {
        HTTPTransport(try ArchiveURL(server.url + "/press"), access: RemoteAccess(token: token))
    }

    private func code(_ body: () throws -> Void) -> ReplicationError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ReplicationError)?.code
        }
    }

    @Test func `a token authorises messages, archive snapshots and event streams`() throws {
        defer { server.stop() }
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        #expect(
            code { _ = try Synchronizer(group[0], over: transport(nil)).run(agreement: nil) } == .unauthorized
        )
        #expect(try Synchronizer(group[0], over: transport(secret.text)).run(agreement: nil).0.inSync)

        let path = folder.path(of: "copy")
        #expect(
            code { _ = try transport(nil).downloadSnapshot(into: PartialFile(for: path)) { _, _ in } }
                == .unauthorized)
        let copy = try PartialFile(for: path)
        _ = try transport(secret.text).downloadSnapshot(into: copy) { _, _ in }
        #expect(copy.sizeBytes > 0)

        let url = try ArchiveURL(server.url + "/press")
        #expect(
            code { try EventStreamClient(url).listen(after: nil, onOpen: {}, onEvent: { _, _ in }) }
                == .unauthorized)
        let link = EventStreamClient(url, access: RemoteAccess(token: secret.text))
        let cancel = link.cancel
        var isOpen = false
        #expect(throws: (any Error).self) {
            try link.listen(
                after: nil,
                onOpen: {
                    isOpen = true
                    cancel()
                }, onEvent: { _, _ in })
        }
        #expect(isOpen)
    }
}
