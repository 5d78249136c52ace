internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuReplication
internal import QuipuStorage
internal import Synchronization

/// An archive whose log is in the database, served from this process's copy.
///
/// Each exchange first catches up with the log. What it writes is one commit of the copy, which is made only after
/// the database has committed the same. So the copy is never ahead, and no reply is sent before the database has
/// everything that it acknowledges. If the outcome of a commit is unknown, the copy stays as it was, and reading the
/// log shows the outcome.
///
/// `@unchecked Sendable`: mutable state is accessed under the lock.
final class DatabaseArchive: HostedArchive, @unchecked Sendable {
    let name: String
    private let log: DatabaseLog
    private let setting: DatabaseBackend.Setting
    private let lock = Mutex(())
    private var copy: ArchiveCopy?
    /// Copies that were set aside, and may hold data that the database lacks. Nil until they were searched for.
    private var foldersSetAside: [String]?
    private var isGivingBack = false
    private let conflicts = Atomic(0)

    let folder: ArchiveFolder
    let blobs: (any BlobStore)?

    init(_ name: String, in setting: DatabaseBackend.Setting) {
        self.name = name
        self.setting = setting
        log = DatabaseLog(name: name)
        blobs = DatabaseBlobs(
            of: name, over: setting.pool, limits: setting.blobLimits, environment: setting.environment)
        folder = ArchiveFolder(path: setting.caches.folder(of: name) + "/" + ArchiveFolder.name)
    }

    var openConflicts: Int { conflicts.load(ordering: .relaxed) }

    func answer(_ message: consuming IncomingMessage, isReadOnly: Bool, allowing allowed: QuotaAmount?) throws
        -> Responder.Reply
    {
        // The message may have to be answered more than once, each time from its beginning.
        let message = message
        return try withStore { store in
            try Responder.reply(to: message, from: store, isReadOnly: isReadOnly, allowing: allowed)
        }
    }

    func keep(_ part: PartialMessage, allowing allowed: QuotaAmount?) throws -> (
        taken: QuotaAmount, segmentCount: Int
    ) {
        try withStore { store in try Responder.keep(part, in: store, allowing: allowed) }
    }

    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
        // The result belongs to the caller's thread; the lock guards the archive's state.
        var outcome: Swift.Result<Result, any Error> = .failure(DivergedCopyError())
        lock.withLock { _ in outcome = .init { try exchange(body) } }
        do {
            return try outcome.get()
        } catch {
            throw Problem.presenting(error)
        }
    }

    /// Closes the copy until its next use; false if it is in use.
    func closeIfIdle() -> Bool {
        lock.withLockIfAvailable { _ in
            copy = nil
            return true
        } ?? false
    }

    /// Runs `body` on a copy that has caught up, and repeats that until what it writes is in the database.
    private func exchange<Result>(_ body: (Store) throws -> Result) throws -> Result {
        var retries = DatabaseRetries()
        while true {
            do {
                return try setting.pool.withConnection { connection in
                    var copy = try copyCaughtUp(on: connection)
                    if try giveBackWhatWasSetAside() { copy = try copyCaughtUp(on: connection) }
                    return try run(body, over: copy, on: connection, isLocked: retries.hasContention)
                }
            } catch {
                try retries.note(error)
                if retries.mustDiscardCopy { discardCopy() }
            }
        }
    }

    private func run<Result>(
        _ body: (Store) throws -> Result, over copy: ArchiveCopy, on connection: Connection, isLocked: Bool
    ) throws -> Result {
        let (result, wasAdded) = try copy.inOneCommit {
            guard isLocked else { return try copy.commit(on: connection, isLocked: false, body) }
            // Others have appended each time: now lock the log, so that they wait.
            return try connection.transaction {
                guard let state = try log.state(on: connection, isLocked: true) else {
                    throw DivergedCopyError()
                }
                try copy.follow(to: state, on: connection)
                return try copy.commit(on: connection, isLocked: true, body)
            }
        }
        if wasAdded { setting.watcher()?.announce(name) }
        conflicts.store((try? copy.store.openConflicts) ?? 0, ordering: .relaxed)
        return result
    }

    // MARK: the copy

    private func copyCaughtUp(on connection: Connection) throws -> ArchiveCopy {
        let state = try stateOfLog(on: connection)
        do {
            let copy = try openCopy(for: state)
            try copy.follow(to: state, on: connection)
            return copy
        } catch is DivergedCopyError {
            setting.report(
                "archive '\(name)': the database has another log than this process knew, as after a restore; "
                    + "what it lacks of that is written to it again")
            copy = nil
            try setting.caches.setAside(name)
            foldersSetAside = nil
            let copy = try openCopy(for: state)
            do {
                try copy.follow(to: state, on: connection)
            } catch is DivergedCopyError {
                throw LogDamage("it does not begin with its own mark")
            }
            return copy
        }
    }

    /// - Throws: `Problem` if there is no such archive, and this process has no copy of it.
    private func stateOfLog(on connection: Connection) throws -> DatabaseLog.State {
        if let state = try log.state(on: connection) { return state }
        // The database was restored to a state without this archive.
        guard let id = try copy?.store.id ?? setting.idOfCopy(name) else { throw Problem.noSuchArchive(name) }
        try log.create(id, epoch: setting.environment.randomBytes(16), on: connection)
        guard let state = try log.state(on: connection) else { throw Problem.noSuchArchive(name) }
        return state
    }

    private func openCopy(for state: DatabaseLog.State) throws -> ArchiveCopy {
        if let copy, copy.store.id == state.archive { return copy }
        if copy != nil { throw DivergedCopyError() }
        let opened = try ArchiveCopy(
            of: log, in: setting.caches.folder(of: name), state: state, environment: setting.environment)
        copy = opened
        return opened
    }

    private func discardCopy() {
        copy = nil
        setting.caches.remove(setting.caches.folder(of: name))
    }

    // MARK: what the database has lost

    /// Syncs copies that were set aside with the archive, as any replica would, and removes each once the archive has
    /// everything in it.
    /// - Returns: whether there were any.
    private func giveBackWhatWasSetAside() throws -> Bool {
        if isGivingBack { return false }
        let folders = foldersSetAside ?? setting.caches.foldersSetAside(of: name)
        isGivingBack = true
        defer { isGivingBack = false }
        for folder in folders {
            do {
                if try giveBack(folder) { setting.caches.remove(folder) }
            } catch let error as StorageError {
                setting.report("archive '\(name)': \(folder) cannot be read: \(error)")
            } catch let error as ReplicationError {
                setting.report("archive '\(name)': the copy in \(folder) could not be synced: \(error)")
            }
        }
        foldersSetAside = []
        return !folders.isEmpty
    }

    /// - Returns: whether the archive now has everything in the folder.
    private func giveBack(_ folder: String) throws -> Bool {
        guard let place = ArchiveFolder.at(folder) else { return true }
        let lost = try Store(opening: place, environment: setting.environment)
        var options = Synchronizer.Options()
        options.acceptsDeletions = true
        let own = OwnTransport(location: "archive '\(name)'") { message in
            var incoming = try IncomingMessage()
            try message.withUnsafeBytes { try incoming.feed($0) }
            let whole = incoming
            return try self.exchange { try Responder.answer(whole, from: $0) }
        }
        _ = try Synchronizer(lost, over: own, options: options).run(agreement: nil)
        let held = try exchange { try $0.log.knowledge() }
        return try lost.log.vector().entries.allSatisfy { entry in
            guard held.vector.contains(entry.name) else { return false }
            return try exchange { try $0.log.entry(of: entry.name)?.chain } == entry.chain
        }
    }
}

/// A transport to an archive of this process.
private struct OwnTransport: Transport {
    let location: String
    let answer: ([UInt8]) throws -> [UInt8]

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        let reply = try answer(message)
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}
