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

/// A server on a free port of this machine, stopped with its last reference.
private final class Served {
    let folder: TemporaryFolder
    let server: Server

    init(
        tokens: (any TokenStore)? = nil, _ adjust: (inout Server.Configuration) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        adjust(&configuration)
        server = try Server(
            FolderBackend(.directory(folder.path, createsArchives: true)), tokens: tokens, as: configuration)
    }

    deinit { server.stop() }

    var events: String { server.url + "/v1/archives/press/events" }

    func push(_ group: Replicas, _ replica: Int = 0) throws {
        let transport = HTTPTransport(try ArchiveURL(server.url + "/press"))
        #expect(try Synchronizer(group[replica], over: transport).run(agreement: nil).0.inSync)
    }
}

/// Watches in a thread of its own, until it is let go.
private final class Watcher: Sendable {
    private struct State {
        var lines: [String] = []
        var status: Int?
        var hasEnded = false
    }

    private final class Heard: Sendable {
        let state = Mutex(State())
        let more = DispatchSemaphore(value: 0)
    }

    private let heard = Heard()
    private let canceller: Canceller

    init(_ url: String, lastEventID: String? = nil) {
        let session = Session(HTTPSession())
        canceller = session.value.canceller
        Thread.detachNewThread { [heard] in
            var parser = EventStreamParser()
            let headers = lastEventID.map { [("Last-Event-ID", $0)] } ?? []
            _ = try? session.value.send(HTTPClientRequest(method: "GET", url: url, headers: headers)) {
                head in
                heard.state.withLock { $0.status = head.status }
                heard.more.signal()
            } onBody: { bytes in
                let lines =
                    parser.feed(bytes).map(\.id) + (bytes.first == UInt8(ascii: ":") ? ["heartbeat"] : [])
                heard.state.withLock { $0.lines += lines }
                for _ in lines { heard.more.signal() }
            }
            heard.state.withLock { $0.hasEnded = true }
            heard.more.signal()
        }
    }

    /// A session that one thread makes and another uses from then on.
    private struct Session: @unchecked Sendable {
        let value: HTTPSession
        init(_ value: HTTPSession) { self.value = value }
    }

    deinit { canceller.cancel() }

    /// Waits for the reply's status.
    func status() throws -> Int {
        try wait()
        return try #require(heard.state.withLock { $0.status })
    }

    /// Waits for the next event, and tells its id.
    func next() throws -> String {
        try wait()
        return try #require(heard.state.withLock { $0.lines.isEmpty ? nil : $0.lines.removeFirst() })
    }

    func waitForEnd() throws {
        try wait()
        #expect(heard.state.withLock { $0.hasEnded })
    }

    private func wait() throws { try #require(heard.more.wait(timeout: .now() + 10) == .success) }
}

@Suite struct `An archive's events are streamed` {
    private func group(_ count: Int = 1) throws -> Replicas {
        let group = try Replicas(count)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        return group
    }

    private func mark(_ store: Store) throws -> ArchiveMark { try ArchiveMark(of: store) }

    @Test func `an event stream begins with the archive's position and reports each change`() throws {
        let served = try Served()
        let group = try group()
        try served.push(group)
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        #expect(try ArchiveMark(text: watcher.next()) == mark(group[0]))
        for id in 8..<12 as Range<UInt128> {
            try group.add([("title", "\"Market\"")], id: id, at: 0)
            try served.push(group)
            #expect(try ArchiveMark(text: watcher.next()) == mark(group[0]))
        }
    }

    @Test func `a returning watcher gets an event at once only if something changed`() throws {
        let served = try Served()
        let group = try group()
        try served.push(group)
        let observed = try mark(group[0]).text
        let waiting = Watcher(served.events, lastEventID: observed)
        #expect(try waiting.status() == 200)
        try group.add([("title", "\"Market\"")], id: 8, at: 0)
        try served.push(group)
        #expect(try ArchiveMark(text: waiting.next()) == mark(group[0]))
        for known in [observed, "1-0", "", "\u{fffd}", "99999999999999999999-zz"] {
            let late = Watcher(served.events, lastEventID: known)
            #expect(try late.status() == 200)
            #expect(try ArchiveMark(text: late.next()) == mark(group[0]), "\(known)")
        }
    }

    @Test func `a commit by another process on the server's machine is announced`() throws {
        let served = try Served()
        let group = try group()
        try served.push(group)
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        _ = try watcher.next()
        let folder = try #require(ArchiveFolder.at(served.folder.path + "/press"))
        let store = try Store(opening: folder)
        for count in 1...3 {
            let change = Edit.Change(field: "title", json: Array("\"\(count)\"".utf8))
            _ = try store.edit(
                [Edit(id: RecordID(rawValue: 7), kind: "article", changes: [change])], author: "ben")
            #expect(try ArchiveMark(text: watcher.next()) == mark(store))
        }
    }

    @Test func `an exchange that brings nothing is not announced`() throws {
        let served = try Served()
        let group = try group()
        try served.push(group)
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        _ = try watcher.next()
        try served.push(group)
        try group.add([("title", "\"Market\"")], id: 8, at: 0)
        try served.push(group)
        #expect(try ArchiveMark(text: watcher.next()) == mark(group[0]))
    }

    @Test func `a missing archive has no events, HEAD is answered and POST is refused`() throws {
        let served = try Served()
        #expect(try Watcher(served.events).status() == 404)
        try served.push(group())
        let session = HTTPSession()
        let (head, _) = try session.collect(HTTPClientRequest(method: "HEAD", url: served.events))
        #expect(head.status == 200)
        #expect(head.headers["Content-Type"] == "text/event-stream")
        let (post, _) = try session.collect(HTTPClientRequest(method: "POST", url: served.events))
        #expect(post.status == 405)
        #expect(post.headers["Allow"] == "GET, HEAD")
        let (long, _) = try session.collect(
            HTTPClientRequest(method: "GET", url: served.events, body: .bytes([1])))
        #expect(long.status == 413)
    }

    @Test func `watchers beyond the limit are told to return later, and a freed place is reused`() throws {
        let served = try Served { $0.maximumWatchers = 2 }
        try served.push(group())
        var first: Watcher? = Watcher(served.events)
        #expect(try first?.status() == 200)
        let second = Watcher(served.events)
        #expect(try second.status() == 200)
        let session = HTTPSession()
        let refusal = try session.collect(HTTPClientRequest(method: "GET", url: served.events))
        #expect(refusal.response.status == 503)
        #expect(refusal.response.headers["Retry-After"] == "60")
        #expect(String(decoding: refusal.body, as: UTF8.self).contains("urn:quipu:problem:too-many-watchers"))
        withExtendedLifetime(first) {}
        first = nil
        // The server finds out that it is gone.
        while try session.collect(HTTPClientRequest(method: "HEAD", url: served.events)).response.status
            == 200
        {
            let again = Watcher(served.events)
            if try again.status() == 200 { break }
        }
    }

    @Test func `two hundred watchers receive one change`() throws {
        let served = try Served()
        let group = try group()
        try served.push(group)
        let observed = try mark(group[0]).text
        let watchers = (0..<200).map { _ in Watcher(served.events, lastEventID: observed) }
        for watcher in watchers { #expect(try watcher.status() == 200) }
        try group.add([("title", "\"Market\"")], id: 8, at: 0)
        try served.push(group)
        let expected = try mark(group[0]).text
        for watcher in watchers { #expect(try watcher.next() == expected) }
    }

    @Test func `event streams end when the server stops`() throws {
        let served = try Served()
        try served.push(group())
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        _ = try watcher.next()
        served.server.stop()
        try watcher.waitForEnd()
    }

    @Test func `watchers are counted`() throws {
        let served = try Served()
        try served.push(group())
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        let metrics = try HTTPSession().collect(
            HTTPClientRequest(method: "GET", url: served.server.url + "/metrics"))
        #expect(String(decoding: metrics.body, as: UTF8.self).contains("quipu_watchers 1\n"))
        #expect(served.server.channels.watcherCount == 1)
    }

    @Test func `creating the first token ends the event streams that were opened without one`()
        throws
    {
        let folder = try TemporaryFolder()
        let tokens = FileTokenStore(in: folder.path)
        let served = try Served(tokens: tokens)
        let group = try group()
        try served.push(group)
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        _ = try watcher.next()
        let secret = TokenSecret(bytes: [UInt8](repeating: 7, count: 32))
        try tokens.add(
            AccessToken(id: secret.hash.id, hash: secret.hash, scope: .server, createdAt: 0))
        let there = try Store(opening: try #require(ArchiveFolder.at(served.folder.path + "/press")))
        let change = Edit.Change(field: "title", json: Array("\"Fire\"".utf8))
        _ = try there.edit(
            [Edit(id: RecordID(rawValue: 7), kind: "article", changes: [change])], author: "ben")
        try watcher.waitForEnd()
    }

    @Test func `an idle event stream sends heartbeats`() throws {
        let served = try Served { $0.heartbeatMilliseconds = 1 }
        try served.push(group())
        let watcher = Watcher(served.events)
        #expect(try watcher.status() == 200)
        _ = try watcher.next()
        #expect(try watcher.next() == "heartbeat")
    }
}
