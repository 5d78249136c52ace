internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage
internal import Synchronization

/// The contents of one archive's attachments, in the database that several processes share. Whoever was cut goes on
/// at any of them, and none of them keeps anything.
///
/// A content is one row and its parts (`Schema/postgres.sql`). Bytes are gathered to whole parts on their way in, so
/// what is asked for how much is held first has what was gathered here written.
final class DatabaseBlobs: BlobStore {
    /// An upload that gets no further byte for so long is not under way any more.
    private static let restMilliseconds: Int64 = 600_000
    /// How many times as many as may lie there may be under way.
    private static let busyFactor = 4

    private let table: BlobTable
    private let pool: DatabasePool
    private let limits: BlobLimits
    private let environment: Environment
    /// Those of this process.
    private let uploads = Mutex<[BlobHash: DatabaseUpload]>([:])

    init(of archive: String, over pool: DatabasePool, limits: BlobLimits, environment: Environment) {
        table = BlobTable(archive: archive)
        self.pool = pool
        self.limits = limits
        self.environment = environment
    }

    /// A part, and what a statement makes of it.
    var bufferBytes: Int { 2 * BlobTable.partBytes }

    func sizeBytes(of hash: BlobHash) throws -> UInt64? {
        guard case .whole(let size) = try presence(of: hash) else { return nil }
        return size
    }

    func missing(among hashes: [BlobHash]) throws -> [BlobHash] {
        let whole = try pool.retrying { try table.whole(among: hashes, on: $0) }
        return hashes.filter { !whole.contains($0) }
    }

    func content(of hash: BlobHash) throws -> (any BlobContent)? {
        try sizeBytes(of: hash).map { DatabaseContent(hash, sizeBytes: $0, in: table, over: pool) }
    }

    func heldBytes(of hash: BlobHash) throws -> UInt64 {
        try uploads.withLock { $0[hash] }?.save()
        guard case .part(let held) = try presence(of: hash) else { return 0 }
        return held
    }

    func receive(_ hash: BlobHash, sizeBytes: UInt64, from offset: UInt64) throws -> any BlobReception {
        guard sizeBytes <= limits.maximumBytes else {
            throw BlobRefusal.tooLarge(limitBytes: limits.maximumBytes)
        }
        // Taken out first, so that what it gathered is counted.
        try uploads.withLock { $0.removeValue(forKey: hash) }?.giveWay()
        switch try presence(of: hash) {
        case .whole: return KnownContent()
        case .part(let held): guard offset <= held else { throw BlobRefusal.gap(heldBytes: held) }
        case .nothing:
            guard offset == 0 else { throw BlobRefusal.gap(heldBytes: 0) }
            try sweep(leaving: limits.maximumPartials - 1)
        }
        let (taker, id) = (environment.randomBytes(16), environment.randomBytes(16))
        let now = environment.nowMilliseconds()
        let found = try pool.retrying { try table.take(hash, by: taker, id: id, at: now, on: $0) }
        guard let found else { return KnownContent() }
        guard offset <= found.heldBytes else { throw BlobRefusal.gap(heldBytes: found.heldBytes) }
        let upload = DatabaseUpload(
            found, by: taker, sizeBytes: sizeBytes, from: offset, in: table, over: pool,
            environment: environment)
        uploads.withLock { $0[hash] = upload }
        return DatabaseReception(of: upload) { [weak self] in self?.forget(upload, of: hash) }
    }

    func hashes(after last: BlobHash?, limit: Int) throws -> [BlobHash] {
        try pool.retrying { try table.whole(after: last, limit: limit, on: $0) }
    }

    func totalBytes() throws -> UInt64 { try pool.retrying { try table.totalBytes(on: $0) } }

    func remove(_ hash: BlobHash) throws { try pool.retrying { try table.remove(hash, on: $0) } }

    private func presence(of hash: BlobHash) throws -> BlobTable.Presence {
        try pool.retrying { try table.presence(of: hash, on: $0) }
    }

    private func forget(_ upload: DatabaseUpload, of hash: BlobHash) {
        uploads.withLock { uploads in
            if uploads[hash] === upload { uploads[hash] = nil }
        }
    }

    /// Removes what was cut on its way and nobody went on with: what is too old, and the oldest beyond `count`. What is
    /// under way, perhaps at another process, is spared as long as there are not too many of that too.
    private func sweep(leaving count: Int) throws {
        let now = environment.nowMilliseconds()
        let found = try pool.retrying { try table.uploads(on: $0) }
        for (index, upload) in found.enumerated() {
            let rest = now - upload.changedAt
            let isTooOld = rest > Int64(limits.partialAgeSeconds) * 1_000
            let isBeyond =
                index >= count
                && (rest > Self.restMilliseconds || index >= limits.maximumPartials * Self.busyFactor - 1)
            if isTooOld || isBeyond { try pool.retrying { try table.discard(upload, on: $0) } }
        }
    }
}

/// One that came whole from somebody else meanwhile: what is brought again is dropped.
private final class KnownContent: BlobReception {
    func append(_ bytes: UnsafeRawBufferPointer) {}
    func finish() -> UInt64 { 0 }
}
