import Foundation
import QuipuCausality
import QuipuStorage
import Support
import Testing

/// A folder of contents, and contents to put there.
final class BlobScene {
    let folder: TemporaryFolder
    let world = FakeWorld()

    init() throws { folder = try TemporaryFolder() }

    func blobs(_ change: (inout BlobLimits) -> Void = { _ in }) -> FolderBlobs {
        var limits = BlobLimits()
        change(&limits)
        return FolderBlobs(folder.path(of: "blobs"), limits: limits, environment: world.environment())
    }

    static func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    static func hash(_ content: [UInt8]) -> BlobHash {
        var hash = SHA256()
        content.withUnsafeBytes { hash.update($0) }
        return hash.finish()
    }

    /// Everything below the folder, by path.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: folder.path(of: "blobs"))?.allObjects as? [String]
        return (all ?? []).filter { $0 != "partial" && $0 != "lock" }.sorted()
    }
}

extension BlobReception {
    func append(_ bytes: some Collection<UInt8>) throws {
        try Array(bytes).withUnsafeBytes { try append($0) }
    }
}

extension FolderBlobs {
    func bytes(of hash: BlobHash) throws -> [UInt8]? { try content(of: hash)?.read(at: 0, count: 10_000_000) }
}

@Suite struct `Attachments are stored in a folder` {
    private let scene: BlobScene
    private let content = BlobScene.content(100_000)
    private var hash: BlobHash { BlobScene.hash(content) }

    init() throws { scene = try BlobScene() }

    @Test func `an attachment exists only once it is complete`() throws {
        let blobs = scene.blobs()
        #expect(try blobs.sizeBytes(of: hash) == nil)
        #expect(try blobs.heldBytes(of: hash) == 0)
        let first = try blobs.receive(hash, sizeBytes: 100_000, from: 0)
        try first.append(content[..<40_000])
        #expect(try first.finish() == 60_000)
        #expect(try blobs.sizeBytes(of: hash) == nil)
        #expect(try blobs.content(of: hash) == nil)
        #expect(try blobs.heldBytes(of: hash) == 40_000)
        #expect(try blobs.hashes(after: nil, limit: 10) == [])

        // Another process goes on.
        let later = scene.blobs()
        _ = consume first
        let second = try later.receive(hash, sizeBytes: 100_000, from: 40_000)
        try second.append(content[40_000...])
        #expect(try second.finish() == 0)
        #expect(try blobs.bytes(of: hash) == content)
        #expect(try blobs.sizeBytes(of: hash) == 100_000)
        #expect(try blobs.heldBytes(of: hash) == 0)
        #expect(scene.files == [hash.hexadecimal])
        try blobs.remove(hash)
        try blobs.remove(hash)
        #expect(scene.files == [])
    }

    @Test func `repeated bytes are stored once, and bytes beyond a gap are refused`() throws {
        let blobs = scene.blobs()
        let first = try blobs.receive(hash, sizeBytes: 100_000, from: 0)
        try first.append(content[..<40_000])
        #expect(throws: BlobRefusal.gap(heldBytes: 40_000)) {
            _ = try blobs.receive(hash, sizeBytes: 100_000, from: 40_001)
        }
        let second = try blobs.receive(hash, sizeBytes: 100_000, from: 10_000)
        try second.append(content[10_000..<30_000])
        try second.append(content[30_000...])
        #expect(try second.finish() == 0)
        #expect(try blobs.bytes(of: hash) == content)
    }

    @Test func `content that does not match its hash is refused`() throws {
        let blobs = scene.blobs()
        let reception = try blobs.receive(hash, sizeBytes: 100_000, from: 0)
        try reception.append(content.reversed())
        #expect(throws: BlobRefusal.wrongContent) { _ = try reception.finish() }
        #expect(scene.files == [])
        let longer = try blobs.receive(hash, sizeBytes: 100_000, from: 0)
        try longer.append(content)
        #expect(throws: BlobRefusal.tooLong) { try longer.append([1]) }
        #expect(try longer.finish() == 0)
    }

    @Test func `the latest upload of an attachment supersedes the earlier ones`() throws {
        let blobs = scene.blobs()
        let dead = try blobs.receive(hash, sizeBytes: 100_000, from: 0)
        try dead.append(content[..<40_000])
        let fresh = try blobs.receive(hash, sizeBytes: 100_000, from: 40_000)
        #expect(throws: BlobRefusal.superseded) { try dead.append(content[40_000..<50_000]) }
        #expect(throws: BlobRefusal.superseded) { _ = try dead.finish() }
        try fresh.append(content[40_000...])
        #expect(try fresh.finish() == 0)
    }

    @Test func `one process at a time receives an attachment`() throws {
        let held = try scene.blobs().receive(hash, sizeBytes: 100_000, from: 0)
        let error = #expect(throws: StorageError.self) {
            _ = try scene.blobs().receive(hash, sizeBytes: 100_000, from: 0)
        }
        #expect(error?.code == .busy)
        _ = consume held
    }

    @Test func `an empty attachment is stored`() throws {
        let blobs = scene.blobs()
        let empty = BlobScene.hash([])
        #expect(try blobs.receive(empty, sizeBytes: 0, from: 0).finish() == 0)
        #expect(try blobs.bytes(of: empty) == [])
    }

    @Test func `attachments in a folder have size limits and a quota`() throws {
        let blobs = scene.blobs { $0.maximumBytes = 100_000 }
        #expect(throws: BlobRefusal.tooLarge(limitBytes: 100_000)) {
            _ = try blobs.receive(hash, sizeBytes: 100_001, from: 0)
        }
        let first = try blobs.receive(hash, sizeBytes: 100_000, from: 0)
        try first.append(content[..<60_000])
        #expect(try blobs.totalBytes() == 60_000)
        try first.append(content[60_000...])
        #expect(try first.finish() == 0)
        #expect(try blobs.totalBytes() == 100_000)
    }

    @Test func `interrupted attachments are kept for a while and limited in number`() throws {
        let blobs = scene.blobs { $0.maximumPartials = 3 }
        func begin(_ seed: UInt64) throws {
            let content = BlobScene.content(10, seed: seed)
            try blobs.receive(BlobScene.hash(content), sizeBytes: 10, from: 0).append(content[..<5])
        }
        for seed in 1...5 { try begin(UInt64(seed)) }
        #expect(scene.files.count { $0.hasSuffix(".partial") } == 3)
        for name in scene.files where name.hasSuffix(".partial") {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)],
                ofItemAtPath: scene.folder.path(of: "blobs/" + name))
        }
        try begin(6)
        #expect(scene.files.count { $0.hasSuffix(".partial") } == 1)
    }

    @Test func `symbolic links in the folder are not followed`() throws {
        let blobs = scene.blobs()
        let secret = try scene.folder.write("secret", to: "secret")
        try FileManager.default.createDirectory(
            atPath: scene.folder.path(of: "blobs"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: scene.folder.path(of: "blobs/" + hash.hexadecimal), withDestinationPath: secret)
        #expect(try blobs.content(of: hash) == nil)
        #expect(try blobs.sizeBytes(of: hash) == nil)
    }

    @Test func `a file is copied once, and its hash matches the copied bytes even if the file changes`()
        throws
    {
        let blobs = scene.blobs()
        let path = scene.folder.path(of: "source")
        try Data(content).write(to: URL(fileURLWithPath: path))
        var isChanged = false
        let added = try blobs.add(fileAt: path) { _ in
            if !isChanged { try? Data([9]).write(to: URL(fileURLWithPath: path + "2")) }
            isChanged = true
        }
        #expect(added.hash == hash)
        #expect(added.sizeBytes == 100_000)
        _ = try blobs.add(fileAt: path)
        #expect(scene.files == [hash.hexadecimal])

        // Changed while it is read: what was read is what is kept, under its own name.
        let large = BlobScene.content(1_000_000, seed: 3)
        try Data(large).write(to: URL(fileURLWithPath: path))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        var isTorn = false
        let torn = try blobs.add(fileAt: path) { bytes in
            guard !isTorn else { return }
            isTorn = true
            try? handle.truncate(atOffset: bytes)
            handle.seekToEndOfFile()
            handle.write(Data([1, 2, 3]))
        }
        let kept = try #require(try blobs.bytes(of: torn.hash))
        #expect(BlobScene.hash(kept) == torn.hash)
        #expect(kept.suffix(3) == [1, 2, 3])
        #expect(UInt64(kept.count) == torn.sizeBytes)
    }

    @Test func `a copy that its progress ends with an error leaves nothing`() throws {
        struct Enough: Error {}
        let blobs = scene.blobs()
        let path = scene.folder.path(of: "source")
        try Data(BlobScene.content(1_000_000, seed: 3)).write(to: URL(fileURLWithPath: path))
        #expect(throws: Enough.self) {
            try blobs.add(fileAt: path) { bytes in if bytes > 500_000 { throw Enough() } }
        }
        #expect(scene.files == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: blobs.path + "/partial").isEmpty)
    }

    @Test func `a folder, a missing file and a file beyond the limit are refused`() throws {
        let blobs = scene.blobs { $0.maximumBytes = 10 }
        #expect(throws: StorageError.self) { try blobs.add(fileAt: scene.folder.path) }
        let missing = #expect(throws: StorageError.self) { try blobs.add(fileAt: "/nowhere") }
        #expect(missing?.code == .noSuchFile)
        let path = try scene.folder.write("eleven bytes", to: "source")
        let error = #expect(throws: StorageError.self) { try blobs.add(fileAt: path) }
        #expect(error?.code == .tooLarge)
        #expect(scene.files == [])
    }
}
