import Foundation
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Another folder's contents, with a count of what was asked, and a link that can be down.
private final class WatchedPeer: BlobPeer {
    let location = "there"
    private let inner: PathBlobPeer
    private(set) var questions: [Int] = []
    private(set) var moved: [BlobHash] = []
    var failing: Set<BlobHash> = []
    var failure = ReplicationError(.cut, "cut")

    init(_ path: String) throws { inner = try PathBlobPeer(path: path) }

    func missing(_ hashes: [BlobHash]) throws -> Set<BlobHash> {
        if !hashes.isEmpty { questions.append(hashes.count) }
        return try inner.missing(hashes)
    }

    func send(_ content: any BlobContent, hash: BlobHash, progress: (UInt64) -> Void) throws -> BlobCost {
        if failing.contains(hash) { throw failure }
        moved.append(hash)
        return try inner.send(content, hash: hash, progress: progress)
    }

    func fetch(
        _ hash: BlobHash, maximumBytes: UInt64, into blobs: FolderBlobs, progress: (UInt64) -> Void
    ) throws -> BlobCost {
        if failing.contains(hash) { throw failure }
        moved.append(hash)
        return try inner.fetch(hash, maximumBytes: maximumBytes, into: blobs, progress: progress)
    }
}

@Suite struct `Files follow their records` {
    private let group: Replicas

    init() throws {
        group = try Replicas(2)
        for store in group.stores { try store.remotes.add(name: "there", location: "/nowhere") }
    }

    @discardableResult
    private func attach(_ text: String, id: UInt128, at replica: Int) throws -> BlobHash {
        let store = group[replica]
        let (hash, size) = try store.blobs.files.add(fileAt: try group.folder.write(text, to: "source"))
        let changes = Attachment.changes(
            name: "a.txt", mediaType: "text/plain", hash: hash, sizeBytes: size, target: RecordID(rawValue: 1)
        )
        group.world.advance(milliseconds: 1)
        _ = try store.edit(
            [Edit(id: RecordID(rawValue: id), kind: "attachment", changes: changes)], author: "ana")
        return hash
    }

    private func peer(of replica: Int) throws -> WatchedPeer {
        try WatchedPeer(group[replica].folder.workPath)
    }

    private func isHere(_ hash: BlobHash, _ replica: Int) throws -> Bool {
        try group[replica].blobs.files.sizeBytes(of: hash) != nil
    }

    @Test func `files are sent to a peer that lacks them, small ones first, and then nothing is asked again`()
        throws
    {
        let large = try attach(String(repeating: "x", count: 1_000), id: 5, at: 0)
        let small = try attach("small", id: 6, at: 0)
        try group.sync(0, 1)
        let there = try peer(of: 1)
        let synchronizer = BlobSynchronizer(group[0], with: there, remote: "there")
        #expect(try !synchronizer.isSettled)
        let report = try synchronizer.run()
        #expect(report.sent == 2)
        #expect(there.moved == [small, large])
        #expect(try isHere(large, 1) && isHere(small, 1))
        #expect(try synchronizer.isSettled)

        // A record that is not about files asks for nothing, once that was looked at.
        try group.add([("title", "\"Later\"")], id: 9, at: 0)
        #expect(try !synchronizer.isSettled)
        _ = try synchronizer.run()
        #expect(there.questions == [2])
        #expect(try synchronizer.isSettled)
        try group[0].blobs.setPolicy(.all)
        #expect(try !synchronizer.isSettled)
    }

    @Test func `files that would cost more than a limit are left out, in both directions, and follow later`()
        throws
    {
        let (large, small) = (
            try attach(String(repeating: "x", count: 9_000), id: 5, at: 0), try attach("small", id: 6, at: 0)
        )
        let theirs = try attach(String(repeating: "y", count: 9_000), id: 7, at: 1)
        try group.sync(0, 1)
        try group[0].blobs.setPolicy(.all)
        let there = try peer(of: 1)
        let none = try BlobSynchronizer(group[0], with: there, remote: "there", maximumBytes: 900).run()
        #expect(there.questions == [] && none.sent == 0 && none.lackingThere == 2 && none.lackingHere == 1)

        let limited = BlobSynchronizer(group[0], with: there, remote: "there", maximumBytes: 6_000)
        let report = try limited.run()
        #expect(there.moved == [small])
        #expect(report.sent == 1 && report.lackingThere == 1 && report.lackingHere == 1)
        #expect(try !limited.isSettled)
        let rest = try BlobSynchronizer(group[0], with: there, remote: "there").run()
        #expect(rest.sent == 1 && rest.received == 1)
        #expect(try isHere(large, 1) && isHere(theirs, 0))
    }

    @Test func `files are fetched only where they are wanted`() throws {
        let hash = try attach("hello", id: 5, at: 1)
        try group.sync(0, 1)
        let there = try peer(of: 1)
        let unasked = try BlobSynchronizer(group[0], with: there, remote: "there").run()
        #expect(unasked.notAskedFor == 1)
        #expect(there.questions == [])
        try group[0].blobs.setPolicy(.all)
        let report = try BlobSynchronizer(group[0], with: there, remote: "there").run()
        #expect(report.received == 1)
        #expect(try isHere(hash, 0))
    }

    @Test func `a file that the peer lacks is counted as missing and does not stop the sync`() throws {
        let hash = try attach("hello", id: 5, at: 1)
        try group.sync(0, 1)
        try group[1].blobs.files.remove(hash)
        try group[0].blobs.setPolicy(.all)
        let synchronizer = BlobSynchronizer(group[0], with: try peer(of: 1), remote: "there")
        let report = try synchronizer.run()
        #expect(report.lackingHere == 1)
        #expect(report.stop == nil)
        #expect(try !synchronizer.isSettled)
    }

    @Test func `one refused file does not stop the others, and a broken link does`() throws {
        let first = try attach("1", id: 5, at: 0)
        let second = try attach("second", id: 6, at: 0)
        try group.sync(0, 1)
        let there = try peer(of: 1)
        there.failing = [first]
        there.failure = ReplicationError(.blobTooLarge, "too large")
        let refused = try BlobSynchronizer(group[0], with: there, remote: "there").run()
        #expect(refused.sent == 1)
        #expect(refused.refusals == ["too large"])
        #expect(refused.lackingThere == 1)
        #expect(try isHere(second, 1))

        let third = try attach("the third", id: 7, at: 0)
        there.failure = ReplicationError(.cut, "cut")
        let cut = try BlobSynchronizer(group[0], with: there, remote: "there").run()
        #expect(cut.stop?.code == .cut)
        #expect(cut.sent == 0)
        #expect(cut.lackingThere == 2)
        #expect(try !isHere(third, 1))
        there.failing = []
        let synchronizer = BlobSynchronizer(group[0], with: there, remote: "there")
        #expect(try synchronizer.run().sent == 2)
        #expect(try synchronizer.isSettled)
    }

    @Test func `a file copied over a path resumes where an earlier copy stopped and is checked`() throws {
        let hash = try attach(String(repeating: "page ", count: 100_000), id: 5, at: 0)
        try group.sync(0, 1)
        let content = try #require(try group[0].blobs.files.content(of: hash))
        do {
            let stopped = try group[1].blobs.files.receive(hash, sizeBytes: content.sizeBytes, from: 0)
            try content.read(at: 0, count: 300_000).withUnsafeBytes { try stopped.append($0) }
        }
        let cost = try PathBlobPeer(path: group[1].folder.workPath).send(content, hash: hash) { _ in }
        #expect(cost.bytesSent == 200_000)
        #expect(try isHere(hash, 1))

        // What was left there is of something else.
        try group[1].blobs.files.remove(hash)
        do {
            let stopped = try group[1].blobs.files.receive(hash, sizeBytes: content.sizeBytes, from: 0)
            try [UInt8](repeating: 7, count: 100).withUnsafeBytes { try stopped.append($0) }
        }
        _ = try PathBlobPeer(path: group[1].folder.workPath).send(content, hash: hash) { _ in }
        #expect(try isHere(hash, 1))

        try Data("other".utf8).write(
            to: URL(fileURLWithPath: group[1].blobs.files.path + "/" + hash.hexadecimal))
        let third = FolderBlobs(group.folder.path(of: "third"))
        let error = #expect(throws: ReplicationError.self) {
            _ = try PathBlobPeer(path: group[1].folder.workPath).fetch(
                hash, maximumBytes: 1_000_000, into: third
            ) { _ in }
        }
        #expect(error?.code == .wrongContent)
        #expect(try third.sizeBytes(of: hash) == nil)
    }
}
