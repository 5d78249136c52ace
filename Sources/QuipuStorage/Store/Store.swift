internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// One archive on this machine: its log, its records and what is this machine's alone.
///
/// Used by one thread at a time. Reading needs no lock; writing takes the archive's one write lock, waits a
/// bounded time for it and then says who holds it. What a writing function returns from is on the disk.
///
/// What is asked of it most stands here; the rest stands with its subject: `log`, `texts`, `remotes` and so on.
public final class Store: ArchivePart {
    public enum Mode: Sendable {
        case readOnly
        case readWrite
    }

    /// The newest form of `archive.sqlite` that this build understands.
    static let schemaVersion = Migrations.store.latestForm
    static let applicationID: Int64 = 1_366_651_248
    static let pageBytes = 8 << 10

    let archive: OpenArchive
    /// The contents of its attachments.
    public private(set) lazy var blobs = Blobs(
        archive: archive, files: FolderBlobs(folder.blobsPath, environment: environment))

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
        do {
            let (database, unchanged) = try Self.connect(
                to: folder,
                options: .init(
                    mode: mode == .readOnly ? .readOnly : .readWrite,
                    busyTimeoutMilliseconds: busyTimeoutMilliseconds, isForeign: isForeign))
            try Self.requireMade(database, in: folder)
            let form = try database.integer("PRAGMA user_version") ?? 0
            try Self.checkSchema(of: database, isForeign: isForeign)
            archive = try OpenArchive(
                over: database, in: folder,
                local: Self.localState(
                    of: folder, mode: mode, isForeign: isForeign, isWritable: unchanged == nil,
                    environment: environment), environment: environment, unchanged: unchanged)
            // Form 1 relayed purges and knew nothing of them.
            if form == 1, try recordStates.holdsPurges {
                _ = try Store(opening: folder, mode: .readWrite, environment: environment).repair()
            }
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    init(_ archive: OpenArchive) { self.archive = archive }

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
}
