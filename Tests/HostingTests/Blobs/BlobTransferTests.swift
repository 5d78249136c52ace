import Foundation
import QuipuCausality
import QuipuHosting
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Synchronization
import Testing

@Suite struct `An attachment crosses an unreliable link` {
    /// `QUIPU_ATTACHMENT_MB` makes it longer: 200 is the size that is promised for.
    private static let sizeBytes =
        (ProcessInfo.processInfo.environment["QUIPU_ATTACHMENT_MB"].flatMap { Int($0) } ?? 6) << 20
    /// What a request or an answer takes in addition to the content.
    private static let headerBytes = 600

    @Test func `an interrupted upload resumes and repeats at most one block`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(Self.sizeBytes, into: scene.here)
        let content = try #require(try scene.here.content(of: hash))
        // At three quarters.
        let cutBytes = Self.sizeBytes / 4 * 3
        let proxy = try CuttingProxy(to: scene.port, cutting: .request, afterBytes: cutBytes, times: 1)
        _ = try scene.peer(proxy.url).send(content, hash: hash) { _ in }
        #expect(proxy.cuts == 1)
        #expect(try scene.there.sizeBytes(of: hash) == UInt64(Self.sizeBytes))
        let twice = proxy.passedBytes.request - Self.sizeBytes
        // Blocks are of one to eight mebibytes.
        let blocks = Self.sizeBytes >> 20 + 8
        #expect(twice < 8 << 20 + blocks * Self.headerBytes)
        print(
            "a cut at \(cutBytes) of \(Self.sizeBytes) bytes upwards: \(twice) bytes more than the content passed"
        )
    }

    @Test func `an interrupted download resumes without repeating a byte`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(Self.sizeBytes, into: scene.there)
        let cutBytes = Self.sizeBytes / 4 * 3
        let proxy = try CuttingProxy(to: scene.port, cutting: .reply, afterBytes: cutBytes, times: 1)
        let cost = try scene.peer(proxy.url).fetch(
            hash, maximumBytes: UInt64(Self.sizeBytes), into: scene.here
        ) { _ in }
        #expect(proxy.cuts == 1)
        #expect(try scene.here.sizeBytes(of: hash) == UInt64(Self.sizeBytes))
        #expect(cost.bytesReceived == UInt64(Self.sizeBytes))
        let twice = proxy.passedBytes.reply - Self.sizeBytes
        #expect(twice < 2 * Self.headerBytes)
        print(
            "a cut at \(cutBytes) of \(Self.sizeBytes) bytes downwards: \(twice) bytes more than the content passed"
        )
    }

    @Test func `a transfer completes however often the link is cut`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(3_000_000, into: scene.here)
        let content = try #require(try scene.here.content(of: hash))
        let up = try CuttingProxy(to: scene.port, cutting: .request, afterBytes: 200_000)
        _ = try scene.peer(up.url).send(content, hash: hash) { _ in }
        #expect(up.cuts >= 10)
        // What was under way at a cut had mostly arrived.
        #expect(up.passedBytes.request < 6_000_000)
        try scene.here.remove(hash)
        let down = try CuttingProxy(to: scene.port, cutting: .reply, afterBytes: 200_000)
        _ = try scene.peer(down.url).fetch(hash, maximumBytes: 3_000_000, into: scene.here) { _ in }
        #expect(down.cuts >= 14)
        #expect(down.passedBytes.reply < 3_000_000 + 20 * Self.headerBytes)
        #expect(try scene.here.sizeBytes(of: hash) == 3_000_000)
    }

    @Test func `a stalled transfer is given up and resumes in a later run`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(3_000_000, into: scene.here)
        let content = try #require(try scene.here.content(of: hash))
        do {
            let proxy = try CuttingProxy(to: scene.port, cutting: .request, afterBytes: 2_000_000, times: 1)
            let dead = try CuttingProxy(
                to: proxy.url.split(separator: ":").last.flatMap { UInt16($0) } ?? 0,
                cutting: .reply, afterBytes: 1)
            let error = #expect(throws: ReplicationError.self) {
                _ = try scene.peer(dead.url).send(content, hash: hash) { _ in }
            }
            #expect(error?.isPassing == true)
        }
        let cost = try scene.peer().send(content, hash: hash) { _ in }
        #expect(cost.bytesSent < 3_000_000 + 20 * UInt64(Self.headerBytes))
        #expect(try scene.there.sizeBytes(of: hash) == 3_000_000)
    }

    @Test func `concurrent uploads of one attachment store it once`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(3_000_000, into: scene.here)
        let failures = Mutex<[String]>([])
        let (url, here) = (scene.server.url, scene.here)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            do {
                let peer = HTTPBlobPeer(try ArchiveURL("\(url)/press"), timeoutSeconds: 20)
                guard let content = try here.content(of: hash) else { return }
                _ = try peer.send(content, hash: hash) { _ in }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let stored = try #require(try scene.there.content(of: hash))
        #expect(try stored.read(at: 0, count: 4_000_000) == BlobScene.content(3_000_000))
    }

    @Test func `an upload replaces wrong content from an earlier upload`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(300_000, into: scene.here)
        let wrong = try scene.ask(
            "PUT", "/blobs/\(hash.hexadecimal)", [("Content-Range", "bytes 0-9/300000")],
            [UInt8](repeating: 9, count: 10))
        #expect(wrong.status == 202)
        let content = try #require(try scene.here.content(of: hash))
        _ = try scene.peer().send(content, hash: hash) { _ in }
        #expect(try scene.there.sizeBytes(of: hash) == 300_000)
    }

    @Test func `a damaged attachment is not uploaded again and again`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(300_000, into: scene.here)
        try Data(BlobScene.content(300_000, seed: 7)).write(
            to: URL(fileURLWithPath: scene.folder.path(of: "here/\(hash.hexadecimal)")))
        let content = try #require(try scene.here.content(of: hash))
        let error = #expect(throws: ReplicationError.self) {
            _ = try scene.peer().send(content, hash: hash) { _ in }
        }
        #expect(error?.code == .wrongContent)
        #expect(try scene.there.sizeBytes(of: hash) == nil)
    }

    @Test func `a download with wrong content or more than the recorded size is refused`() throws {
        let scene = try BlobScene()
        let hash = try scene.put(300_000, into: scene.there)
        let error = #expect(throws: ReplicationError.self) {
            _ = try scene.peer().fetch(hash, maximumBytes: 299_999, into: scene.here) { _ in }
        }
        #expect(error?.code == .tooLarge)
        try Data(BlobScene.content(300_000, seed: 7)).write(
            to: URL(fileURLWithPath: scene.there.path + "/" + hash.hexadecimal))
        let wrong = #expect(throws: ReplicationError.self) {
            _ = try scene.peer().fetch(hash, maximumBytes: 300_000, into: scene.here) { _ in }
        }
        #expect(wrong?.code == .wrongContent)
        #expect(try scene.here.sizeBytes(of: hash) == nil)
        #expect(try scene.here.heldBytes(of: hash) == 0)
    }
}
