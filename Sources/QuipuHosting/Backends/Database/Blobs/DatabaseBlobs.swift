internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage
internal import Synchronization

/// The contents of one archive's attachments, in the database that several server processes share. An interrupted
/// upload can continue at any of them, and none of them keeps state on its disk.
///
/// A content is one row and its parts (`Schema/postgres.sql`). Incoming bytes are buffered to whole parts, so a
/// question for the number of held bytes first writes this process's buffer.
final class DatabaseBlobs: BlobStore {
    /// An upload without progress for this time counts as abandoned.
    private static let restMilliseconds: Int64 = 600_000
    /// The number of active uploads, as a multiple of the abandoned ones that are kept.
    private static let busyFactor = 4

    private let table: BlobTable
    private let pool: DatabasePool
    private let limits: BlobLimits
    private let environment: Environment
    /// The uploads of this process.
    private let uploads = Mutex<[BlobHash: DatabaseUpload]>([:])

    init(of archive: String, over pool: DatabasePool, limits: BlobLimits, environment: Environment) {
        table = BlobTable(archive: archive)
        self.pool = pool
        self.limits = limits
        self.environment = environment
    }

    /// A part, and the statement's overhead.
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
        // Released first, so that its buffer is written and counted.
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

    /// Removes abandoned uploads: those that are too old, and the oldest beyond `count`. Active ones, perhaps of
    /// another process, are spared as long as there are not too many of those too.
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

/// A content that another client has completed meanwhile: the bytes are dropped.
private final class KnownContent: BlobReception {
    func append(_ bytes: UnsafeRawBufferPointer) {}
    func finish() -> UInt64 { 0 }
}
