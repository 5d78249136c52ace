import Foundation
import QuipuCausality
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Testing

/// A server on a free port of this machine, stopped with its last reference.
private final class Served {
    let folder: TemporaryFolder
    let server: Server

    init(createsArchives: Bool = true) throws {
        folder = try TemporaryFolder()
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        server = try Server(
            FolderBackend(.directory(folder.path, createsArchives: createsArchives)), as: configuration)
    }

    deinit { server.stop() }

    func transport(_ name: String = "press") throws -> HTTPTransport {
        HTTPTransport(try ArchiveURL("\(server.url)/\(name)"))
    }
}

@Suite struct ServerTests {
    @Test func `two machines sync through a server and end up identical`() throws {
        let served = try Served()
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        #expect(try Synchronizer(group[0], over: served.transport()).run(agreement: nil).0.inSync)
        try group.add([("title", "\"Market\"")], id: 8, at: 1)
        #expect(try Synchronizer(group[1], over: served.transport()).run(agreement: nil).0.inSync)
        #expect(try Synchronizer(group[0], over: served.transport()).run(agreement: nil).0.inSync)
        #expect(try group[0].digest == group[1].digest)
        #expect(try group[0].log.vector() == group[1].log.vector())
    }

    @Test func `a sync with nothing to do is one round trip of at most 400 bytes each way, headers included`()
        throws
    {
        let served = try Served()
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let transport = try served.transport()
        let (_, agreement) = try Synchronizer(group[0], over: transport).run(agreement: nil)
        let (report, _) = try Synchronizer(group[0], over: transport).run(agreement: agreement)
        #expect(report.inSync)
        #expect(report.roundTrips == 1)
        #expect(report.bytesSent <= 400, "\(report.bytesSent)")
        #expect(report.bytesReceived <= 400, "\(report.bytesReceived)")
    }

    @Test func `a hundred edits are sent and received in one round trip each`() throws {
        let served = try Served()
        let group = try Replicas(2)
        for index in 1...100 { try group.add([("title", "\"\(index)\"")], id: UInt128(index), at: 0) }
        var agreements: [Agreement?] = [nil, nil]
        for replica in [0, 1, 0] {
            agreements[replica] = try Synchronizer(group[replica], over: served.transport())
                .run(agreement: agreements[replica]).1
        }
        for index in 1...100 { try group.add([("tags/river", "true")], id: UInt128(index), at: 0) }
        let (pushed, _) = try Synchronizer(group[0], over: served.transport()).run(agreement: agreements[0])
        #expect(pushed.roundTrips == 1)
        #expect(pushed.sent == 100)
        let (pulled, _) = try Synchronizer(group[1], over: served.transport()).run(agreement: agreements[1])
        #expect(pulled.roundTrips == 1)
        #expect(pulled.received == 100)
        #expect(pulled.inSync)
    }

    @Test func `an archive with another id under the same name is refused and nothing is written`() throws {
        let served = try Served()
        let (first, second) = (try Replicas(1, seed: 1), try Replicas(1, seed: 2))
        try first.add([("title", "\"Water\"")], id: 7, at: 0)
        try second.add([("title", "\"Fire\"")], id: 7, at: 0)
        _ = try Synchronizer(first[0], over: served.transport()).run(agreement: nil)
        let error = #expect(throws: ReplicationError.self) {
            try Synchronizer(second[0], over: served.transport()).run(agreement: nil)
        }
        #expect(error?.code == .otherArchive)
        #expect(try Handshake(over: served.transport()).digest == first[0].digest)
    }

    @Test func `a first push with more origins than one message holds creates the archive`() throws {
        let served = try Served()
        let group = try Replicas(2)
        try Surroundings.origins.fill(group[0], beside: group[1], world: group.world, count: 400) {}
        #expect(try Synchronizer(group[0], over: served.transport()).run(agreement: nil).0.inSync)
        #expect(try Synchronizer(group[1], over: served.transport()).run(agreement: nil).0.inSync)
        #expect(try group[0].log.vector() == group[1].log.vector())

        let closed = try Served(createsArchives: false)
        let error = #expect(throws: ReplicationError.self) {
            try Synchronizer(group[0], over: closed.transport()).run(agreement: nil)
        }
        #expect(error?.code == .noSuchArchive)
    }

    @Test func `a handshake alone creates no archive`() throws {
        let served = try Served()
        let error = #expect(throws: ReplicationError.self) {
            try Handshake(over: served.transport("nowhere"))
        }
        #expect(error?.code == .noSuchArchive)
        #expect(try FileManager.default.contentsOfDirectory(atPath: served.folder.path).isEmpty)
    }

    @Test func `a first push that arrives cut or changed creates no archive`() throws {
        let served = try Served()
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let message = try MessageRecorder.firstMessage(of: group[0])
        for index in message.indices {
            var changed = message
            changed[index] ^= 1 << UInt8(index % 8)
            for body in [changed, Array(message.prefix(index))] {
                let (status, _) = try RawPost.send(
                    "\(served.server.url)/v1/archives/press\(index)/sync", body)
                // Without a header nobody knows what it would push; some bits of a frame mean nothing (RFC 8878).
                #expect([400, 413, 404, 200].contains(status))
            }
        }
        let made = try FileManager.default.contentsOfDirectory(atPath: served.folder.path)
        #expect(made.count <= 2)
        for name in made { #expect(try Handshake(over: served.transport(name)).archive == group[0].id) }
    }

    @Test func `a server that may not create archives reports no such archive`() throws {
        let served = try Served(createsArchives: false)
        let group = try Replicas(1)
        let error = #expect(throws: ReplicationError.self) {
            try Synchronizer(group[0], over: served.transport()).run(agreement: nil)
        }
        #expect(error?.code == .noSuchArchive)
    }

    @Test func `a name that leads out of the folder is not found`() throws {
        let served = try Served()
        for path in [
            "/v1/archives/../sync", "/v1/archives/..%2f..%2fetc/sync", "/v1/archives/.quipu/sync",
            "/v1/archives//sync",
        ] {
            let (status, _) = try RawPost.send(served.server.url + path, [0x28, 0xb5, 0x2f, 0xfd])
            #expect(status == 404 || status == 400, "\(path)")
        }
    }

    @Test func `garbage is answered with a problem document and not stored`() throws {
        let served = try Served()
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        _ = try Synchronizer(group[0], over: served.transport()).run(agreement: nil)
        var random = SplitMix64(seed: 3)
        for count in [0, 1, 5, 100, 10_000] {
            let garbage = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let (status, body) = try RawPost.send(served.server.url + "/v1/archives/press/sync", garbage)
            #expect(status == 400)
            #expect(body.contains("urn:quipu:problem:"))
        }
        #expect(try Handshake(over: served.transport()).digest == group[0].digest)
    }

    @Test func `a message is accepted under its own media type only, and the refusal names it`() throws {
        let served = try Served()
        let url = served.server.url + "/v1/archives/press/sync"
        let group = try Replicas(1)
        let message = try MessageRecorder.firstMessage(of: group[0])
        for type in ["application/json", "text/plain", "application/vnd.quipu.exchange2", nil] {
            let (status, body) = try RawPost.send(url, message, type: type)
            #expect(status == 415, "\(type ?? "none")")
            #expect(body.contains("urn:quipu:problem:unsupported-media-type"))
            #expect(body.contains("application/vnd.quipu.exchange"))
        }
        for type in ["application/vnd.quipu.exchange", "Application/Vnd.Quipu.Exchange; a=b"] {
            #expect(try RawPost.send(url, message, type: type).status == 200)
        }
    }

    @Test func `a commit by another process to a served archive is in the next answer`() throws {
        let served = try Served()
        let group = try Replicas(1)
        let transport = try served.transport()
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        var agreement = try Synchronizer(group[0], over: transport).run(agreement: nil).1
        let folder = try #require(ArchiveFolder.at(served.folder.path(of: "press")))
        let other = try Store(opening: folder, environment: group.world.environment())
        for index in 1...5 {
            // The second of these finds an answer that is kept ready.
            for _ in 0..<2 {
                #expect(try Synchronizer(group[0], over: transport).run(agreement: agreement).0.inSync)
            }
            _ = try other.edit(
                [
                    Edit(
                        id: RecordID(rawValue: UInt128(100 + index)), kind: "article",
                        changes: [Edit.Change(field: "title", json: Array("\"\(index)\"".utf8))])
                ],
                author: "ben")
            let (report, next) = try Synchronizer(group[0], over: transport).run(agreement: agreement)
            #expect(report.received == 1)
            agreement = next
        }
        #expect(try group[0].digest == other.digest)
    }

    @Test func `an archive that was moved away is not written to, and its replacement is served`() throws {
        let served = try Served()
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let place = served.folder.path(of: "press")
        _ = try Synchronizer(group[0], over: served.transport()).run(agreement: nil)
        // A backup, put back while the server has the archive open.
        let backup = served.folder.path(of: "backup")
        let open = try Store(
            opening: try #require(ArchiveFolder.at(place)), environment: group.world.environment())
        _ = try open.backUp(to: backup)
        try group.add([("title", "\"Fire\"")], id: 8, at: 0)
        _ = try Synchronizer(group[0], over: served.transport()).run(agreement: nil)
        let aside = served.folder.path(of: "aside")
        try FileManager.default.moveItem(atPath: place, toPath: aside)
        try FileManager.default.createDirectory(
            atPath: place + "/.quipu", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: backup, toPath: place + "/.quipu/archive.sqlite")

        try group.add([("title", "\"Earth\"")], id: 9, at: 0)
        while true {
            do {
                #expect(
                    try Synchronizer(group[0], over: served.transport()).run(agreement: nil).0.inSync)
                break
            } catch let error as ReplicationError {
                // It may be seen in the middle of a sync; then that says so.
                #expect(error.code.rawValue == "busy")
            }
        }
        let new = try Store(
            opening: try #require(ArchiveFolder.at(place)), environment: group.world.environment())
        #expect(try new.digest == group[0].digest)
        let old = try Store(
            opening: try #require(ArchiveFolder.at(aside)), environment: group.world.environment())
        #expect(try old.digest != group[0].digest)
    }

    @Test func `a port without a listener is unreachable`() throws {
        let served = try Served()
        let url = served.server.url
        served.server.stop()
        let error = #expect(throws: ReplicationError.self) {
            try Handshake(over: HTTPTransport(try ArchiveURL(url + "/press")))
        }
        #expect(error?.code == .unreachable)
    }

    @Test func `eight clients at once lose nothing`() async throws {
        let served = try Served()
        let group = try Replicas(8)
        for replica in 0..<8 {
            for index in 0..<10 {
                try group.add(
                    [("title", "\"\(replica) \(index)\"")], id: UInt128(100 * replica + index), at: replica)
            }
        }
        let url = served.server.url
        let folders = group.stores.map(\.folder)
        let environment = group.world.environment()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for folder in folders {
                tasks.addTask {
                    let store = try Store(opening: folder, environment: environment)
                    _ = try Synchronizer(store, over: HTTPTransport(try ArchiveURL(url + "/press"))).run(
                        agreement: nil)
                }
            }
            try await tasks.waitForAll()
        }
        for store in group.stores {
            #expect(try Synchronizer(store, over: served.transport()).run(agreement: nil).0.inSync)
        }
        let digest = try Handshake(over: served.transport()).digest
        for store in group.stores { #expect(try store.digest == digest) }
        #expect(try group[0].recordCounts().map(\.count) == [80])
    }
}
