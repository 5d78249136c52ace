internal import Glibc
public import QuipuCausality
internal import QuipuFiles

/// How it stands with the contents of attachments.
public struct BlobCounts: Sendable, Equatable {
    /// Contents that records show or conflicts offer.
    public var needed = 0
    public var missing = 0
    /// Of those that are missing, as far as records say.
    public var missingBytes: UInt64 = 0
    /// Of those that are missing: what the next sync is to bring.
    public var expected = 0
}

/// The result of checking the contents.
public struct BlobVerification: Sendable, Equatable {
    public var checked = 0
    /// Contents that do not match their hashes, and were set aside.
    public var damaged: [BlobHash] = []
}

/// The number and size of the contents that a collection removed.
public struct BlobCollection: Sendable, Equatable {
    public var removed = 0
    public var removedBytes: UInt64 = 0
    /// Why nothing was collected, in words; nil where it was.
    public var hindrance: String?
}

extension Blobs {
    /// What was put in place or given again within a day is spared: its record may be on its way.
    private static let collectionGraceSeconds: Int64 = 86_400

    public func counts() throws -> BlobCounts {
        var counts = BlobCounts()
        for blob in try needed() {
            counts.needed += 1
            if try files.sizeBytes(of: blob.hash) == nil {
                counts.missing += 1
                counts.missingBytes += min(blob.sizeBytes ?? 0, Limits.blobBytes)
                if blob.isFetched { counts.expected += 1 }
            }
        }
        return counts
    }

    /// Reads every content that is here and holds it against its name. What is not right is put aside, in
    /// `blobs/damaged`, so that it can be fetched again and its remains are not lost.
    ///
    /// - Parameter progress: is told after each; what it throws ends the check.
    public func verify(progress: (_ checked: Int) throws -> Void = { _ in }) throws -> BlobVerification {
        var report = BlobVerification()
        for hash in try files.hashes(after: nil, limit: .max) {
            guard let content = try FileBlob(files.path(of: hash)) else { continue }
            report.checked += 1
            var isRight = false
            // What the disk cannot read any more is as good as changed.
            do { isRight = try content.hash() == hash } catch {
                guard error.code == .inputOutput else { throw error }
            }
            if !isRight {
                report.damaged.append(hash)
                // Where nothing may be written it stays, and is found again.
                try? files.putAside(hash)
            }
            try progress(report.checked)
        }
        // What was moved aside earlier and was not fetched again is still missing.
        let aside = Set(try damaged()).subtracting(report.damaged)
        report.damaged += try needed().map(\.hash).filter { aside.contains($0) }
        return report
    }

    /// What was moved aside and has not been fetched again since.
    public func damaged() throws -> [BlobHash] {
        try FolderListing.names(in: files.damagedPath).compactMap { BlobHash(text: $0) }.sorted()
            .filter { try files.sizeBytes(of: $0) == nil }
    }

    /// Removes the contents that no version of any record names whose text is here, and what was long cut on its way.
    ///
    /// - Parameter isDryRun: only counts.
    public func collect(isDryRun: Bool = false) throws -> BlobCollection {
        guard ArchiveFolder.exists(files.path) else { return BlobCollection() }
        let report = try files.collecting { () throws -> BlobCollection in
            var report = BlobCollection()
            // Under the lock, so that no record can be on its way to name one of them.
            guard let referenced = try reading({ try referenced() }) else {
                report.hindrance = "the text of an attachment is not here yet; sync first"
                return report
            }
            for hash in try files.hashes(after: nil, limit: .max) where !referenced.contains(hash) {
                guard let facts = files.facts(of: hash), !isYoung(facts.changedAtSeconds) else { continue }
                if !isDryRun { try files.remove(hash) }
                report.removed += 1
                report.removedBytes += facts.sizeBytes
            }
            if !isDryRun { try files.sweepPartials(leaving: files.limits.maximumPartials) }
            return report
        }
        return report ?? BlobCollection(hindrance: "another process is adding an attachment; try again")
    }

    /// Contents that are here and that only deleted attachments name, which nobody contests. Restoring one needs
    /// them, so they go only where a mirror has just said that it holds them.
    public func contentsOfDeleted() throws -> [BlobHash] {
        try reading {
            guard let all = try referenced(),
                let needed = try referenced(in: {
                    !$0.flags.contains(.isDeleted) || $0.flags.contains(.isInConflict)
                })
            else { return [] }
            return try all.subtracting(needed).sorted().filter { try files.sizeBytes(of: $0) != nil }
        }
    }

    /// The space that removing contents would free.
    public func size(_ hashes: [BlobHash]) throws -> BlobCollection {
        var report = BlobCollection()
        for hash in hashes {
            report.removed += 1
            report.removedBytes += try files.sizeBytes(of: hash) ?? 0
        }
        return report
    }

    /// Removes contents of deleted attachments that a mirror has just said it holds.
    public func removeContentsOfDeleted(heldElsewhere held: [BlobHash]) throws -> BlobCollection {
        let report = try files.collecting { () throws -> BlobCollection in
            var report = BlobCollection()
            // Under the lock: an attachment may have been restored since.
            for hash in Set(held).intersection(try contentsOfDeleted()).sorted() {
                report.removedBytes += try files.sizeBytes(of: hash) ?? 0
                try files.remove(hash)
                report.removed += 1
            }
            return report
        }
        return report ?? BlobCollection(hindrance: "another process is adding an attachment; try again")
    }

    /// Removes contents that a purge has left without a name, if no record names them any more.
    /// - Returns: how many.
    public func remove(_ purged: [BlobHash]) throws -> Int {
        if purged.isEmpty || !ArchiveFolder.exists(files.path) { return 0 }
        let removed = try files.collecting { () throws -> Int in
            guard let referenced = try reading({ try referenced() }) else { return 0 }
            let left = try Set(purged).subtracting(referenced).sorted().filter {
                try files.sizeBytes(of: $0) != nil
            }
            for hash in left { try files.remove(hash) }
            return left.count
        }
        return removed ?? 0
    }

    private func isYoung(_ changedAtSeconds: Int64) -> Bool {
        abs(environment.nowMilliseconds() / 1000 - changedAtSeconds) < Self.collectionGraceSeconds
    }
}

extension FolderBlobs {
    fileprivate func facts(of hash: BlobHash) -> (sizeBytes: UInt64, changedAtSeconds: Int64)? {
        FileFacts(path(of: hash), followsLinks: false).map { ($0.sizeBytes, $0.modifiedSeconds) }
    }

    fileprivate func putAside(_ hash: BlobHash) throws(StorageError) {
        guard rights.makeFolder(damagedPath),
            rename(path(of: hash), damagedPath + "/" + hash.hexadecimal) == 0
        else { throw .file(path(of: hash), "cannot be put aside", errno) }
    }
}
