internal import QuipuCausality
internal import QuipuSQLite

/// The open databases of an archive, and what is kept in memory of them: what every part of a store stands on.
///
/// Used by one thread at a time.
final class OpenArchive {
    /// SQLite's page cache; with what a message needs it keeps memory flat in the size of the archive.
    static let cacheKibibytes = 24 << 10
    /// When what was written is brought from the write-ahead log to its place. Records are found by a random part of
    /// their ids, so that each message of a long exchange touches pages all over that index; so many more are written once
    /// for several messages.
    private static let checkpointBytes = 16 << 20
    /// The size of the write-ahead log, unless a long read needs earlier pages.
    private static let maximumLogBytes = 64 << 20
    /// Of texts that were expanded, for a history that is read from one end to the other.
    private static let provenBytes = 4 << 20
    /// Of a database up to this size, what a reader puts in order stays in memory; of a larger one it is in temporary files.
    private static let mostBytesInMemory = 64 << 20
    /// What adding to the indexes may need at most while a view is open, of a database that is not small.
    private static let indexRoomBytes = 64 << 20

    let folder: ArchiveFolder
    let id: ArchiveID
    let environment: Environment
    /// `archive.sqlite`.
    let database: Connection
    /// Set if the database is read as an unchanging file.
    private let unchanged: UnchangedFile?
    /// `local.sqlite`.
    let local: LocalState
    /// `index.sqlite`, or what stands for it in memory; opened when it is first needed.
    var cards: Connection?
    let interning = Interning()
    let changedFields = ChangedFields()
    /// Texts that were put in place where they had been wanted, or came with a transaction that is too short for them, for
    /// the caller that must pass them on; nil where nobody asks.
    var placedTexts: Set<ValueHash>?
    /// Texts that no record shows any longer, until the record that showed them is written.
    var unwrittenTexts: [ValueHash: [UInt8]] = [:]
    var provenTexts = ProvenTexts(maximumBytes: OpenArchive.provenBytes)
    var keptBodies = KeptBodies()
    /// Which records are merged into which, as they were asked for last.
    var knownMerges: KnownMerges?
    var leastRecords = LeastRecords()
    /// Whether there may be an index of words that only this connection sees.
    var hasMadePrivateIndex = false
    /// Throws if the file that is open is not the one at the archive's path any more: what is written to it would be acknowledged,
    /// and lost. It is called with the write lock; nil where nobody looks.
    var requireInPlace: (() throws -> Void)?
    /// The entry of the log that edits are written into; nil if each transaction is an entry without words.
    var entry: EntryUnderWay?

    /// Over a database that was opened and checked already.
    /// - Parameter unchanged: where it is read as a file that nobody changes, that file.
    /// - Throws: `StorageError.damaged` where the database does not say which archive it is.
    init(
        over database: Connection, in folder: ArchiveFolder, local: LocalState, environment: Environment,
        unchanged: UnchangedFile? = nil
    ) throws {
        self.folder = folder
        self.environment = environment
        self.database = database
        self.unchanged = unchanged
        self.local = local
        try database.execute(
            """
            PRAGMA cache_size = -\(Self.cacheKibibytes);
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = OFF;
            """)
        try database.checkpointBesides(afterBytes: Self.checkpointBytes, limitBytes: Self.maximumLogBytes)
        id = try Self.archiveID(in: database)
        if database.isReadOnly { keepTemporaryTablesInMemory() }
    }

    /// Over a database that is being brought to the present form, in the transaction that does it.
    /// - Parameter local: nothing of it is used.
    init(migrating database: Connection, local: LocalState) throws {
        // Nothing but the database is used.
        folder = ArchiveFolder(path: database.path)
        environment = .system
        self.database = database
        unchanged = nil
        self.local = local
        id = try Self.archiveID(in: database)
    }

    private static func archiveID(in database: Connection) throws -> ArchiveID {
        guard let bytes = try database.bytes("SELECT id FROM archive"), let id = ArchiveID(bytes: bytes)
        else {
            throw StorageError.damaged(database.path, "it does not say which archive it is")
        }
        return id
    }

    /// Whether nothing can be written beside it, so that it is read as an unchanging file.
    var isOnUnwritablePlace: Bool { unchanged != nil }

    /// Has tables that only this connection sees need no room on a disk, which may be full. Of a large archive they are files in
    /// the system's folder for these.
    func keepTemporaryTablesInMemory() {
        guard folder.storeSizeBytes <= Self.mostBytesInMemory else { return }
        // Tables that were made before stay where they are.
        try? database.execute("PRAGMA temp_store = MEMORY")
    }

    /// Drops the word index that only this connection sees. Its temporary tables have the names of the archive's, so a write would go
    /// to them instead.
    func dropPrivateIndex() throws {
        guard hasMadePrivateIndex else { return }
        try database.execute(
            """
            DROP TABLE IF EXISTS temp.search;
            DROP TABLE IF EXISTS temp.searchable;
            DROP TABLE IF EXISTS temp.indexed
            """)
    }

    /// Whether an open view must not be used to add to an index, since the disk may be full before the view ends: SQLite would then
    /// take back the view with it, and what only reads would fail.
    var lacksRoomForIndexes: Bool {
        guard database.isInTransaction, !database.isWriting, let free = folder.freeBytes else { return false }
        return free < min(Self.indexRoomBytes, max(1 << 20, 2 * folder.storeSizeBytes))
    }

    /// Runs `body` with one unchanging snapshot of the archive.
    /// - Throws: what `body` throws, SQLite's errors as `StorageError`; `StorageError.busy` where a file that is read
    ///   without locks was changed meanwhile.
    func reading<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            let result = try database.transaction(.deferred, body)
            try unchanged?.requireUnchanged()
            return result
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// What was remembered of a database transaction that was rolled back.
    func forgetUncommitted() {
        interning.forget()
        changedFields.forget()
        unwrittenTexts = [:]
        knownMerges = nil
        leastRecords.forget()
        keptBodies.forget()
        entry?.rollBack()
    }

    /// What was expanded before a purge must not live on.
    func forgetProvenTexts() { provenTexts = ProvenTexts(maximumBytes: Self.provenBytes) }

    /// Under which origin this replica wrote last.
    var origin: Origin { get throws { try local.replica().origin } }

    /// Notes that others may have read all that is here, as in an exchange or a copy: from now on a value that is given
    /// again means something (`Editing.edit`).
    func noteShown() throws {
        let own = try local.replica()
        let end = TransactionName(origin: own.origin, sequence: own.sequence)
        guard own.sequence > 0, try !local.isShown(end) else { return }
        do { try local.noteShown(end) } catch let error as SQLiteError
            where error.code.primary == .readOnly || StorageError(error).code == .diskFull
        {
            // A reader needs no room here.
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// The position at which the log ends; 0 if it is empty.
    var position: Int64 { get throws { try database.integer("SELECT max(position) FROM log") ?? 0 } }

    /// The sum over all heads.
    var digest: Digest {
        get throws {
            guard let bytes = try database.bytes("SELECT digest FROM archive"),
                let digest = Digest(bytes: bytes)
            else {
                throw StorageError.damaged(database.path, "it has no digest")
            }
            return digest
        }
    }
}

/// One subject of a store, over an archive that is open. Each room adds the names by which others reach its own.
protocol ArchivePart {
    var archive: OpenArchive { get }
}

extension OpenArchive: ArchivePart {
    var archive: OpenArchive { self }
}

extension ArchivePart {
    var database: Connection { archive.database }
    var local: LocalState { archive.local }
    var interning: Interning { archive.interning }
    var folder: ArchiveFolder { archive.folder }
    var id: ArchiveID { archive.id }
    var environment: Environment { archive.environment }
    var origin: Origin { get throws { try archive.origin } }
    var position: Int64 { get throws { try archive.position } }
    var digest: Digest { get throws { try archive.digest } }
    func reading<Result>(_ body: () throws -> Result) throws -> Result { try archive.reading(body) }
    func noteShown() throws { try archive.noteShown() }
}
