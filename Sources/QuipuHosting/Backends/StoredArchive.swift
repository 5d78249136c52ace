internal import QuipuReplication
internal import QuipuStorage
internal import Synchronization

/// An archive in a folder on this machine, used by one request at a time.
///
/// `@unchecked Sendable`: the store and the cached reply are accessed under the lock only, the view under `views`.
final class StoredArchive: HostedArchive, @unchecked Sendable {
    private let lock = Mutex(())
    private let store: Store
    /// A read-only connection for questions that take long.
    private let views = Mutex(())
    private var view: Store?
    /// The reply for callers that hold the same state, and the archive's mark that it is valid for.
    private var cachedReply: (CachedReply, Store.Mark)?
    private let conflicts = Atomic(0)
    private let nowMilliseconds: @Sendable () -> Int64
    let folder: ArchiveFolder
    private let identity: FileIdentity?
    private let lookedMilliseconds = Atomic(Int64.min)
    let blobs: (any BlobStore)?
    var isWrittenInPlace: Bool { true }

    /// - Parameter blobs: nil for those in the archive's folder, with the usual limits.
    init(_ store: sending Store, blobs: FolderBlobs? = nil) {
        self.blobs = blobs ?? FolderBlobs(store.folder.blobsPath, environment: store.environment)
        nowMilliseconds = store.environment.nowMilliseconds
        folder = store.folder
        identity = FileIdentity(path: store.folder.storePath)
        conflicts.store((try? store.openConflicts) ?? 0, ordering: .relaxed)
        self.store = store
        store.requireInPlace { [unowned self] in try self.requireInPlace() }
    }

    /// Whether the open file is still the one at its path, within the last hundredth of a second or so.
    var isInPlace: Bool {
        let now = nowMilliseconds()
        if (0..<10).contains(now &- lookedMilliseconds.load(ordering: .relaxed)) { return true }
        guard isReallyInPlace else { return false }
        lookedMilliseconds.store(now, ordering: .relaxed)
        return true
    }

    private var isReallyInPlace: Bool { identity != nil && FileIdentity(path: folder.storePath) == identity }

    /// A write to a file that was deleted or moved would be acknowledged and then lost.
    private func requireInPlace() throws {
        if isReallyInPlace { return }
        lookedMilliseconds.store(.min, ordering: .relaxed)
        throw StorageError(
            .busy, "the archive at \(folder.workPath) was moved away while it was used",
            hint: "nothing was written; try again")
    }

    var openConflicts: Int { conflicts.load(ordering: .relaxed) }

    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
        try lock.withLock { _ in try body(store) }
    }

    func answer(_ message: consuming IncomingMessage, isReadOnly: Bool, allowing allowed: QuotaAmount?) throws
        -> Responder.Reply
    {
        if message.asksForParts { return try answerFromView(message) }
        let isBare = message.isBare
        var message: IncomingMessage? = message
        return try lock.withLock { _ in
            let request = message.take()!
            if let bytes = standingAnswer(request, isReadOnly: isReadOnly) {
                return Responder.Reply(bytes: bytes)
            }
            if !isBare { try requireInPlace() }
            let reply = try Responder.reply(
                to: request, from: store, isReadOnly: isReadOnly, allowing: allowed)
            // What the reply acknowledges is durable, even if caching the next reply fails.
            if isBare { keepStanding() }
            countConflicts()
            return reply
        }
    }

    func keep(_ part: PartialMessage, allowing allowed: QuotaAmount?) throws -> (
        taken: QuotaAmount, segmentCount: Int
    ) {
        try lock.withLock { _ in
            try requireInPlace()
            defer { countConflicts() }
            return try Responder.keep(part, in: store, allowing: allowed)
        }
    }

    /// Answers a question about parts of the archive on its own read-only connection, since it may take long: writers
    /// do not wait for it. One at a time, so that no thread waits for another.
    private func answerFromView(_ message: consuming IncomingMessage) throws -> Responder.Reply {
        var message: IncomingMessage? = message
        let reply = try views.withLockIfAvailable { _ in
            if view == nil { view = try Store(opening: folder, mode: .readOnly) }
            return try Responder.reply(to: message.take()!, from: view!, isReadOnly: true)
        }
        guard let reply else {
            throw StorageError(
                .busy, "another process compares the archive with a mirror", hint: "try again")
        }
        return reply
    }

    private func standingAnswer(_ request: borrowing IncomingMessage, isReadOnly: Bool) -> [UInt8]? {
        guard let mark = store.mark(), cachedReply?.1 == mark else { return nil }
        // A caller that may not send texts is not asked for them.
        if isReadOnly, cachedReply?.0.asksForTexts == true { return nil }
        return cachedReply?.0.answer(request, nowMilliseconds: nowMilliseconds())
    }

    private func keepStanding() {
        cachedReply = nil
        guard let mark = store.mark(), let fresh = try? CachedReply(of: store), store.mark() == mark else {
            return
        }
        cachedReply = (fresh, mark)
    }

    private func countConflicts() {
        if let count = try? store.openConflicts { conflicts.store(count, ordering: .relaxed) }
    }
}
