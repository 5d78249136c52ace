public import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// One archive on this machine: its log, its records and what is this machine's alone.
///
/// Used by one thread at a time. Reading needs no lock; writing takes the archive's one write lock, waits a
/// bounded time for it and then says who holds it. What a writing function returns from is on the disk.
public final class Store {
    public enum Mode: Sendable {
        case readOnly
        case readWrite
    }

    /// The newest form of `archive.sqlite` that this build understands.
    public static let schemaVersion = Migrations.store.latestForm
    static let applicationID: Int64 = 1_366_651_248
    /// SQLite's page cache; with what a piece needs it keeps memory flat in the size of the archive.
    static let cacheKibibytes = 24 << 10
    static let pageBytes = 8 << 10
    /// When what was written is brought from the write-ahead log to its place. Records are found by a random part of
    /// their ids, so that each piece of a long exchange touches pages all over that index; so many more are written once
    /// for several pieces.
    private static let checkpointBytes = 16 << 20
    /// Of the write-ahead log, unless somebody reads for long what was there before.
    private static let maximumLogBytes = 64 << 20

    public let folder: ArchiveFolder
    public let id: ArchiveID
    public let environment: Environment
    let database: Connection
    /// Where the database is read as a file that nobody changes.
    private let unchanged: UnchangedFile?
    let local: LocalState
    var interning = Interning()
    var changedFields = ChangedFields()
    /// The contents of its attachments.
    public private(set) lazy var blobs = FolderBlobs(folder.blobsPath, environment: environment)
    /// Texts that were put in place where they had been wanted, or came with a transaction that is too short for them, for
    /// whoever must pass them on; nil where nobody asks.
    package var placedTexts: Set<ValueHash>?
    /// Texts that no record shows any longer, until the record that showed them is written.
    var unwrittenTexts: [ValueHash: [UInt8]] = [:]
    var provenTexts = ProvenTexts(maximumBytes: Store.provenBytes)

    /// - Parameter isForeign: for an archive that is not this machine's own, on a stick or in somebody's folder: its
    ///   schema must be ours byte for byte, and is not trusted all the same.
    /// - Throws: `StorageError`: no archive, a newer one, no archive at all, damage, or no right to read.
    public init(
        opening folder: ArchiveFolder, mode: Mode = .readWrite, isForeign: Bool = false,
        environment: Environment = .system,
        busyTimeoutMilliseconds: Int32 = 5_000
    ) throws {
        guard ArchiveFolder.exists(folder.storePath) else {
            throw StorageError(
                .noArchive, "there is no archive at \(folder.workPath)",
                remedy: Remedy(.createArchive, folder.workPath))
        }
        self.folder = folder
        self.environment = environment
        do {
            (database, unchanged) = try Self.connect(
                to: folder,
                options: .init(
                    mode: mode == .readOnly ? .readOnly : .readWrite,
                    busyTimeoutMilliseconds: busyTimeoutMilliseconds, isForeign: isForeign))
            try Self.requireMade(database, in: folder)
            let form = try database.integer("PRAGMA user_version") ?? 0
            try Self.checkSchema(of: database, isForeign: isForeign)
            id = try Self.prepare(database)
            local = try Self.localState(
                of: folder, mode: mode, isForeign: isForeign, isWritable: unchanged == nil,
                environment: environment)
            // Form 1 relayed purges and knew nothing of them.
            if form == 1, try holdsPurges {
                _ = try Store(opening: folder, mode: .readWrite, environment: environment).repair()
            }
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Over a database that was opened and checked already.
    init(over database: Connection, in folder: ArchiveFolder, local: LocalState, environment: Environment)
        throws
    {
        self.folder = folder
        self.environment = environment
        self.database = database
        unchanged = nil
        self.local = local
        id = try Self.prepare(database)
    }

    /// Over a database that is being brought to the present form, in the transaction that does it.
    init(migrating database: Connection) throws {
        // Nothing but the database is used.
        folder = ArchiveFolder(path: database.path)
        environment = .system
        self.database = database
        unchanged = nil
        local = try LocalState(emptyWith: Definitions.local)
        id = try Self.archiveID(in: database)
    }

    /// - Returns: which archive it is.
    private static func prepare(_ database: Connection) throws -> ArchiveID {
        try database.execute(
            """
            PRAGMA cache_size = -\(cacheKibibytes);
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = OFF;
            """)
        try database.checkpointBesides(afterBytes: checkpointBytes, limitBytes: maximumLogBytes)
        return try archiveID(in: database)
    }

    private static func archiveID(in database: Connection) throws -> ArchiveID {
        guard let bytes = try database.bytes("SELECT id FROM archive"), let id = ArchiveID(bytes: bytes)
        else {
            throw StorageError.damaged(database.path, "it does not say which archive it is")
        }
        return id
    }

    /// An older form is brought up to date; by a reader as by a writer, since both must understand it.
    static func checkSchema(of database: Connection, isForeign: Bool) throws {
        let application = try database.integer("PRAGMA application_id")
        let version = try database.integer("PRAGMA user_version") ?? 0
        guard application == applicationID, version >= 1 else {
            throw StorageError(
                .notAnArchive, "this file is not a Quipu archive: \(database.path)",
                remedy: Remedy(.notCreatedAsArchive))
        }
        if version > schemaVersion {
            throw StorageError(
                .newerArchive,
                "the archive was made by a newer Quipu (form \(version), this one knows \(schemaVersion))",
                hint: "install the newer version; nothing was changed")
        }
        if isForeign {
            guard version == schemaVersion else {
                throw StorageError(
                    .olderArchive, "the archive was made by an older Quipu: \(database.path)",
                    remedy: Remedy(.openAtHome))
            }
            try ForeignSchema.store.check(database)
        }
        if version < schemaVersion { try Migrations.store.bringUpToDate(at: database.path) }
    }

    static func freshOrigin(_ environment: Environment) -> (Origin, seed: [UInt8]) {
        let seed = environment.randomBytes(SigningKey.seedSize)
        guard let origin = SigningKey.origin(ofSeed: seed) else {
            preconditionFailure("the source of randomness must give as many bytes as it is asked for")
        }
        return (origin, seed)
    }

    public static func isValidName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = bytes.first, isPlain(first), bytes.count <= 64 else { return false }
        return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// Runs `body` over one unchanging view of the archive.
    public func reading<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            let result = try database.transaction(.deferred, body)
            try unchanged?.requireUnchanged()
            return result
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Runs `body` with the write lock; all it did is on the disk when this returns, and none of it is kept when
    /// it throws.
    func writing<Result>(_ body: (Writer) throws -> Result) throws -> Result {
        do {
            let (result, writer) = try database.transaction(.immediate) {
                let writer = try Writer(self)
                let result = try body(writer)
                try writer.finish()
                return (result, writer)
            }
            if writer.hasPurged {
                // What was purged must not live on beside the archive.
                provenTexts = ProvenTexts(maximumBytes: Self.provenBytes)
                folder.removeSnapshots()
                try? local.dropUnwantedParts { try isMissing($0) }
            }
            if let end = writer.ownEnd {
                // The edit is on the disk, and must not be reported as failed: without this note the next one
                // begins a fresh chain.
                try? local.noteOwnEnd(
                    end, added: writer.ownCount, clock: writer.clock, isNote: writer.isClockNote)
            }
            return result
        } catch {
            interning.forget()
            changedFields.forget()
            unwrittenTexts = [:]
            if let error = error as? SQLiteError { throw StorageError(error) }
            throw error
        }
    }

    /// Whether nothing can be written beside it, so that it is read as a file that nobody changes.
    public var isOnUnwritablePlace: Bool { unchanged != nil }

    /// True while a statement is in use.
    public var isBusy: Bool { database.isBusy }
}
