internal import Glibc
internal import QuipuCausality
internal import QuipuFiles
internal import Synchronization

/// A content on its way into a folder.
///
/// `@unchecked Sendable`: what changes is reached under `lock` alone.
final class FolderReception: BlobReception, @unchecked Sendable {
    private let hash: BlobHash
    private let sizeBytes: UInt64
    private let blobs: FolderBlobs
    private let lock = Mutex(())
    /// Nil once another receiver has resumed it, or it is done.
    private var file: PartialFile?
    /// Given again although it is held.
    private var passedOverBytes: UInt64

    init(
        of hash: BlobHash, sizeBytes: UInt64, from offset: UInt64, into file: PartialFile,
        of blobs: FolderBlobs
    ) {
        self.hash = hash
        self.sizeBytes = sizeBytes
        self.blobs = blobs
        self.file = file
        passedOverBytes = file.sizeBytes - offset
    }

    func supersede() { lock.withLock { _ in file = nil } }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try lock.withLock { _ in
            guard let file else { throw BlobRefusal.superseded }
            let known = Int(min(passedOverBytes, UInt64(bytes.count)))
            passedOverBytes -= UInt64(known)
            let fresh = UnsafeRawBufferPointer(rebasing: bytes[known...])
            guard UInt64(fresh.count) <= sizeBytes - min(sizeBytes, file.sizeBytes) else {
                throw BlobRefusal.tooLong
            }
            try file.append(fresh)
        }
    }

    func finish() throws -> UInt64 {
        try lock.withLock { _ in
            guard let file else { throw BlobRefusal.superseded }
            try file.sync()
            // What was begun as a longer content is none of this length.
            if file.sizeBytes < sizeBytes { return sizeBytes - file.sizeBytes }
            self.file = nil
            try blobs.complete(file, as: hash)
            return 0
        }
    }
}

extension FolderBlobs {
    /// Checks a content that is all here, and puts it in place.
    ///
    /// - Throws: `BlobRefusal.wrongContent`: it is removed then.
    func complete(_ file: PartialFile, as hash: BlobHash) throws {
        guard try file.hash() == hash else {
            file.discard()
            throw BlobRefusal.wrongContent
        }
        try withLease { try file.commit() }
    }

    /// Removes interrupted contents that were not resumed: what is too old, and the oldest beyond `count`.
    func sweepPartials(leaving count: Int) throws {
        let suffix = ".partial"
        var found: [(name: String, age: Int64)] = []
        let now = environment.nowMilliseconds() / 1000
        for name in FolderListing.names(in: partialPath) where name.hasSuffix(suffix) {
            guard let facts = FileFacts(partialPath + "/" + name, followsLinks: false) else { continue }
            found.append((name, now - facts.modifiedSeconds))
        }
        found.sort { ($0.age, $0.name) < ($1.age, $1.name) }
        for (index, partial) in found.enumerated()
        where index >= count || partial.age > Int64(limits.partialAgeSeconds) {
            // One that is being written is not removed.
            let place = path + "/" + partial.name.dropLast(suffix.utf8.count)
            guard let file = try? PartialFile(for: place, in: partialPath, rights: rights)
            else { continue }
            file.discard()
        }
    }
}
