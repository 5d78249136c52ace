internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage
internal import Synchronization

/// An upload of a content into the database. Bytes are buffered until they fill a part. They are written earlier when
/// a client asks how much has arrived, at the end of a block, and when the client has gone.
///
/// `@unchecked Sendable`: mutable state is accessed under `lock` only.
final class DatabaseUpload: @unchecked Sendable {
    private let taker: [UInt8]
    private let sizeBytes: UInt64
    private let table: BlobTable
    private let pool: DatabasePool
    private let environment: Environment
    private let lock = Mutex(())
    /// The bytes that are written.
    private var upload: BlobTable.Upload
    private var gathered: [UInt8] = []
    /// Bytes that were sent again although they are held.
    private var passedOverBytes: UInt64
    private var state = State.underWay

    private enum State { case underWay, broughtByAnother, superseded, finished }

    init(
        _ upload: BlobTable.Upload, by taker: [UInt8], sizeBytes: UInt64, from offset: UInt64,
        in table: BlobTable, over pool: DatabasePool, environment: Environment
    ) {
        self.upload = upload
        self.taker = taker
        self.sizeBytes = sizeBytes
        self.table = table
        self.pool = pool
        self.environment = environment
        passedOverBytes = upload.heldBytes - offset
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try lock.withLock { _ in
            guard try isWanted() else { return }
            let known = Int(min(passedOverBytes, UInt64(bytes.count)))
            passedOverBytes -= UInt64(known)
            var rest = UnsafeRawBufferPointer(rebasing: bytes[known...])
            let there = upload.heldBytes + UInt64(gathered.count)
            guard UInt64(rest.count) <= sizeBytes - min(sizeBytes, there) else { throw BlobRefusal.tooLong }
            while !rest.isEmpty {
                let room = BlobTable.partBytes - Int(upload.heldBytes % UInt64(BlobTable.partBytes))
                let count = min(room - gathered.count, rest.count)
                gathered.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<count]))
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                if gathered.count == room { try write() }
                guard try isWanted() else { return }
            }
        }
    }

    /// - Returns: how many bytes are missing.
    /// - Throws: `BlobRefusal.wrongContent`; then nothing of it is kept.
    func finish() throws -> UInt64 {
        let whole: BlobTable.Upload? = try lock.withLock { _ in
            guard try isWanted() else { return nil }
            try write()
            guard try isWanted() else { return nil }
            // An upload that was begun with a larger size is not one of this size.
            if upload.heldBytes >= sizeBytes { state = .finished }
            return upload
        }
        guard let whole else { return 0 }
        if whole.heldBytes < sizeBytes { return sizeBytes - whole.heldBytes }
        try complete(whole)
        return 0
    }

    /// Checks a complete content and makes it available. Outside the lock, as it takes time.
    private func complete(_ whole: BlobTable.Upload) throws {
        let content = DatabaseContent(whole.hash, sizeBytes: whole.heldBytes, in: table, over: pool)
        var isRight = false
        // A content that has lost a part cannot become valid either.
        do { isRight = try content.computeHash() == whole.hash } catch let error as StorageError {
            guard error.code == .damaged else { throw error }
        }
        guard isRight else {
            try pool.retrying { try table.discard(whole, on: $0) }
            throw BlobRefusal.wrongContent
        }
        let now = environment.nowMilliseconds()
        if case .superseded = try pool.retrying({ try table.publish(whole, at: now, on: $0) }) {
            throw BlobRefusal.superseded
        }
    }

    /// Writes the buffer, so that the number of held bytes is right.
    func save() throws {
        try lock.withLock { _ in if state == .underWay { try write() } }
    }

    /// Another client continues it.
    func giveWay() throws {
        try lock.withLock { _ in
            guard state == .underWay else { return }
            defer { if state == .underWay { state = .superseded } }
            try write()
        }
    }

    /// False if the content is complete already.
    private func isWanted() throws -> Bool {
        switch state {
        case .underWay: true
        case .broughtByAnother: false
        case .superseded, .finished: throw BlobRefusal.superseded
        }
    }

    private func write() throws {
        guard !gathered.isEmpty else { return }
        let now = environment.nowMilliseconds()
        switch try pool.retrying({ try table.append(gathered, to: upload, by: taker, at: now, on: $0) }) {
        case .kept:
            upload.heldBytes += UInt64(gathered.count)
            gathered.removeAll(keepingCapacity: true)
        case .isWhole: state = .broughtByAnother
        case .superseded: state = .superseded
        }
    }
}

/// A client's hold on an upload. When it is released, the buffer is written, so that another client can continue.
final class DatabaseReception: BlobReception {
    private let upload: DatabaseUpload
    private let end: () -> Void

    init(of upload: DatabaseUpload, end: @escaping () -> Void) {
        self.upload = upload
        self.end = end
    }

    deinit {
        // There is nobody left to report this to; bytes that could not be written are sent again.
        try? upload.save()
        end()
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws { try upload.append(bytes) }

    func finish() throws -> UInt64 { try upload.finish() }
}
