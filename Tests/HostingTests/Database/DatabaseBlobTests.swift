import Foundation
import QuipuCausality
import QuipuHTTPClient
import QuipuHTTPServer
import QuipuHosting
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Synchronization
import Testing

/// The content of an attachment in a database that two processes share.
@Suite struct DatabaseBlobTests {
    /// Two whole parts and some of a third.
    private let content = BlobScene.content(1_300_000)
    private var hash: BlobHash { BlobScene.hash(content) }
    private var path: String { "/blobs/\(hash.hexadecimal)" }

    @Test func `an attachment uploaded at one process is downloaded whole or in part at the other`() throws {
        let scene = try SharedBlobScene()
        let question = Array("{\"hashes\":[\"\(hash.hexadecimal)\"]}".utf8)
        func missing(_ server: Int) throws -> String {
            String(
                decoding: try scene.ask(server, "POST", "/missing-blobs", [], question).body, as: UTF8.self)
        }
        #expect(try scene.ask(1, "GET", path).status == 404)
        #expect(try missing(1) == "{\"missing\":[\"\(hash.hexadecimal)\"]}")
        #expect(try scene.ask(0, "PUT", path, [], content).status == 201)
        #expect(try scene.ask(1, "PUT", path, [], content).status == 204)
        #expect(try missing(1) == "{\"missing\":[]}")
        let whole = try scene.ask(1, "GET", path)
        #expect(whole.status == 200 && whole.headers["ETag"] == "\"\(hash.hexadecimal)\"")
        #expect(whole.body == content)
        // Over the border of two parts.
        let part = try scene.ask(1, "GET", path, [("Range", "bytes=524280-1048579")])
        #expect(part.status == 206)
        #expect(part.body == Array(content[524_280...1_048_579]))
        #expect(try scene.ask(1, "GET", path, [("Range", "bytes=1300000-")]).status == 416)
        #expect(try scene.ask(1, "HEAD", path).headers["Content-Length"] == "1300000")
        #expect(
            try scene.shared.sql("SELECT part, octet_length(bytes) FROM quipu.blob_part ORDER BY part")
                == "0|524288\n1|524288\n2|251424")
    }

    @Test func `upload blocks may go to different processes, each at the last acknowledged offset`() throws {
        let scene = try SharedBlobScene()
        func block(_ server: Int, _ range: Range<Int>) throws -> (status: Int, offset: String?) {
            let field = "bytes \(range.lowerBound)-\(range.upperBound - 1)/1300000"
            let answer = try scene.ask(server, "PUT", path, [("Content-Range", field)], Array(content[range]))
            return (answer.status, answer.headers["Upload-Offset"])
        }
        #expect(try scene.ask(0, "HEAD", path).headers["Upload-Offset"] == "0")
        #expect(try block(0, 0..<400_000) == (202, "400000"))
        #expect(try scene.ask(1, "HEAD", path).headers["Upload-Offset"] == "400000")
        #expect(try scene.ask(1, "HEAD", path).status == 404)
        #expect(try block(1, 500_000..<600_000) == (409, "400000"))
        // Told twice, taken once.
        #expect(try block(1, 300_000..<1_100_000) == (202, "1100000"))
        #expect(try block(0, 1_100_000..<1_300_000) == (201, nil))
        #expect(try scene.ask(1, "GET", path).body == content)
    }

    @Test func `an upload with wrong content leaves nothing in the database`() throws {
        let scene = try SharedBlobScene()
        #expect(try scene.ask(0, "PUT", path, [], Array(content.reversed())).status == 422)
        #expect(try scene.counts == "0|0")
        #expect(try scene.ask(1, "HEAD", path).headers["Upload-Offset"] == "0")
        #expect(try scene.ask(1, "PUT", path, [], content).status == 201)
        let empty = BlobScene.hash([])
        #expect(try scene.ask(0, "PUT", "/blobs/\(empty.hexadecimal)", [], []).status == 201)
        #expect(try scene.blobs(1).bytes(of: empty) == [])
    }

    @Test func `an interrupted upload keeps every byte and resumes at the other process`() throws {
        let scene = try SharedBlobScene()
        do {
            let cut = try scene.blobs(0).receive(hash, sizeBytes: 1_300_000, from: 0)
            try cut.append(content[..<700_001])
            // Asked here it is as much, also before.
            #expect(try scene.blobs(0).heldBytes(of: hash) == 700_001)
            try cut.append(content[700_001..<700_002])
        }
        #expect(try scene.blobs(1).heldBytes(of: hash) == 700_002)
        #expect(try scene.blobs(1).content(of: hash) == nil)
        #expect(throws: BlobRefusal.gap(heldBytes: 700_002)) {
            _ = try scene.blobs(1).receive(hash, sizeBytes: 1_300_000, from: 700_003)
        }
        let next = try scene.blobs(1).receive(hash, sizeBytes: 1_300_000, from: 600_000)
        try next.append(content[600_000...])
        #expect(throws: BlobRefusal.tooLong) { try next.append([1]) }
        #expect(try next.finish() == 0)
        #expect(try scene.blobs(0).bytes(of: hash) == content)
    }

    @Test func `an upload that resumes at another process supersedes the first one`() throws {
        let scene = try SharedBlobScene()
        let first = try scene.blobs(0).receive(hash, sizeBytes: 1_300_000, from: 0)
        try first.append(content[..<600_000])
        let second = try scene.blobs(1).receive(hash, sizeBytes: 1_300_000, from: 524_288)
        #expect(throws: BlobRefusal.superseded) { try first.append(content[600_000...]) }
        #expect(throws: BlobRefusal.superseded) { _ = try first.finish() }
        try second.append(content[524_288...])
        #expect(try second.finish() == 0)
        #expect(try scene.blobs(0).bytes(of: hash) == content)
        #expect(try scene.counts == "1|3")
    }

    @Test func `an upload succeeds when another client has completed the same attachment`() throws {
        let scene = try SharedBlobScene()
        let first = try scene.blobs(0).receive(hash, sizeBytes: 1_300_000, from: 0)
        try first.append(content[...])
        let second = try scene.blobs(1).receive(hash, sizeBytes: 1_300_000, from: 1_048_576)
        try second.append(content[1_048_576...])
        #expect(try second.finish() == 0)
        #expect(try first.finish() == 0)
        let third = try scene.blobs(0).receive(hash, sizeBytes: 1_300_000, from: 0)
        try third.append([1, 2, 3])
        #expect(try third.finish() == 0)
        #expect(try scene.blobs(1).bytes(of: hash) == content)
    }

    @Test func `concurrent uploads at both processes store the attachment once`() throws {
        let scene = try SharedBlobScene()
        let large = BlobScene.content(3_000_000)
        let hash = try scene.put(large)
        let failures = Mutex<[String]>([])
        let (urls, here) = (scene.servers.map(\.url), scene.here)
        DispatchQueue.concurrentPerform(iterations: 4) { index in
            do {
                let peer = HTTPBlobPeer(try ArchiveURL("\(urls[index % 2])/press"), timeoutSeconds: 20)
                guard let content = try here.content(of: hash) else { return }
                _ = try peer.send(content, hash: hash) { _ in }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try scene.blobs(0).bytes(of: hash) == large)
        #expect(try scene.counts == "1|6")
    }

    @Test func `a transfer to a database completes however often the link is cut`() throws {
        let scene = try SharedBlobScene()
        let large = BlobScene.content(3_000_000)
        let hash = try scene.put(large)
        let source = try #require(try scene.here.content(of: hash))
        let up = try CuttingProxy(to: scene.port(0), cutting: .request, afterBytes: 200_000)
        _ = try scene.peer(up.url).send(source, hash: hash) { _ in }
        #expect(up.cuts >= 10)
        // What was under way at a cut had mostly arrived.
        #expect(up.passedBytes.request < 6_000_000)
        try scene.here.remove(hash)
        let down = try CuttingProxy(to: scene.port(1), cutting: .reply, afterBytes: 200_000)
        _ = try scene.peer(down.url).fetch(hash, maximumBytes: 3_000_000, into: scene.here) { _ in }
        #expect(down.cuts >= 14)
        #expect(try scene.here.bytes(of: hash) == large)
    }

    @Test func `an upload survives lost connections to the database`() throws {
        let scene = try SharedBlobScene()
        let reception = try scene.blobs(0).receive(hash, sizeBytes: 1_300_000, from: 0)
        for start in stride(from: 0, to: 1_300_000, by: 325_000) {
            try reception.append(content[start..<start + 325_000])
            try scene.shared.sql(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
        }
        #expect(try reception.finish() == 0)
        #expect(try scene.blobs(1).bytes(of: hash) == content)
    }

    @Test func `attachments have size limits and a quota`() throws {
        let scene = try SharedBlobScene(quotaBytes: 3_000_000) { $0.maximumBytes = 1_400_000 }
        let large = try scene.ask(
            0, "PUT", path, [("Content-Range", "bytes 0-9/1400001")], Array(content[..<10]))
        #expect(large.status == 413)
        #expect(try scene.ask(0, "PUT", path, [], content).status == 201)
        #expect(try scene.blobs(1).totalBytes() == 1_300_000)
        let statuses = try [2, 3].map { seed in
            let other = BlobScene.content(1_350_000, seed: seed)
            return try scene.ask(1, "PUT", "/blobs/\(BlobScene.hash(other).hexadecimal)", [], other).status
        }
        #expect(statuses == [201, 507])
    }

    @Test func `transfers beyond the memory limit are refused until others have ended`() throws {
        let scene = try SharedBlobScene()
        #expect(try scene.ask(0, "PUT", path, [], content).status == 201)
        let router = Router(
            backend: scene.backends[0], limits: RequestLimits(requestMemoryBytes: 2 << 20),
            reportFault: { _ in })
        func route(_ method: String, _ hash: BlobHash) -> HTTPDisposition {
            router.route(
                HTTPRequestHead(
                    method: method, path: "/v1/archives/press/blobs/\(hash.hexadecimal)",
                    headers: .init([("Content-Type", "application/octet-stream"), ("Content-Length", "9")])))
        }
        func status(_ disposition: HTTPDisposition) -> Int {
            if case .respond(let response) = disposition { response.status } else { 0 }
        }
        let other = BlobScene.hash([1])
        var held = [route("GET", hash), route("PUT", other)]
        #expect(held.map(status) == [200, 0])
        #expect(status(route("GET", hash)) == 503)
        #expect(status(route("PUT", other)) == 503)
        // The client that uploads it was not disturbed.
        if case .accept(let exchange) = held[1] {
            let byte: [UInt8] = [1]
            try byte.withUnsafeBytes { try exchange.receive($0) }
        }
        held = []
        #expect(status(route("GET", hash)) == 200)
        #expect(status(route("PUT", other)) == 0)
    }

    @Test func `interrupted uploads are kept for a while and limited in number`() throws {
        let scene = try SharedBlobScene { $0.maximumPartials = 3 }
        func begin(_ seeds: ClosedRange<Int>, minutesBetween: Int64) throws {
            for seed in seeds {
                let content = BlobScene.content(10, seed: seed << 9)
                try scene.blobs(seed % 2).receive(BlobScene.hash(content), sizeBytes: 10, from: 0)
                    .append(content[..<5])
                scene.world.advance(milliseconds: minutesBetween * 60_000)
            }
        }
        try begin(1...5, minutesBetween: 11)
        #expect(try scene.counts == "3|3")
        // At once, perhaps each by somebody who goes on with it.
        try begin(6...40, minutesBetween: 0)
        #expect(try scene.counts == "12|12")
        scene.world.advance(milliseconds: 8 * 86_400_000)
        try begin(41...41, minutesBetween: 0)
        #expect(try scene.counts == "1|1")
    }

    @Test func `an attachment belongs to one archive and is gone after its removal`() throws {
        let scene = try SharedBlobScene()
        let other = BlobScene.content(100, seed: 5)
        for bytes in [content, other] {
            let reception = try scene.blobs(0).receive(
                BlobScene.hash(bytes), sizeBytes: UInt64(bytes.count), from: 0)
            try reception.append(bytes[...])
            #expect(try reception.finish() == 0)
        }
        let both = [hash, BlobScene.hash(other)].sorted()
        #expect(try scene.blobs(1).hashes(after: nil, limit: .max) == both)
        #expect(try scene.blobs(1).hashes(after: both[0], limit: 1) == [both[1]])
        #expect(try scene.blobs(1, of: "other").hashes(after: nil, limit: .max) == [])
        #expect(try scene.blobs(1, of: "other").missing(among: both) == both)
        try scene.blobs(1, of: "other").remove(hash)
        #expect(try scene.counts == "2|4")
        try scene.blobs(1).remove(hash)
        #expect(try scene.counts == "1|1")
        #expect(try scene.ask(0, "GET", path).status == 404)
    }

    @Test func `content that was changed in the database is neither accepted nor served`() throws {
        let scene = try SharedBlobScene()
        let reception = try scene.blobs(0).receive(hash, sizeBytes: 1_300_000, from: 0)
        try reception.append(content[...])
        try scene.shared.sql("UPDATE quipu.blob_part SET bytes = 'x' WHERE part = 0")
        #expect(throws: BlobRefusal.wrongContent) { _ = try reception.finish() }
        #expect(try scene.counts == "0|0")
        #expect(try scene.ask(0, "PUT", path, [], content).status == 201)
        try scene.shared.sql("DELETE FROM quipu.blob_part WHERE part = 1")
        let error = #expect(throws: StorageError.self) { _ = try scene.blobs(1).bytes(of: hash) }
        #expect(error?.code == .damaged)
    }
}
