internal import Glibc
public import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

extension Store {
    /// Makes an archive out of a copy of `archive.sqlite` from elsewhere, such as a backup, with a replica of its own.
    ///
    /// What is used is a copy of the copy, checked from its schema to its last chain; only then it takes its place.
    /// - Throws: `StorageError.damaged`, and then nothing was made.
    public static func create(
        in path: String, copyOf file: String, environment: Environment = .system
    ) throws -> Store {
        do {
            let source = try Connection(path: file, options: .init(mode: .readOnly, isForeign: true))
            let isOlder = try isOfEarlierForm(source)
            if !isOlder { try checkSchema(of: source, isForeign: true) }
            let isNew = !ArchiveFolder.exists(path)
            let folder = try unusedFolder(in: path)
            let partial = folder.storePath + ".partial"
            // Whatever else is in there keeps them.
            defer { if rmdir(folder.path) == 0, isNew { rmdir(folder.workPath) } }
            DatabaseFiles.remove(at: partial)
            do {
                try source.run("VACUUM INTO ?", .text(partial))
                if isOlder { try Migrations.store.bringUpToDate(at: partial) }
            } catch {
                DatabaseFiles.remove(at: partial)
                throw error
            }
            return try adopt(
                partial, from: file, in: folder, name: name(for: folder), remotes: [],
                environment: environment)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Whether a database from elsewhere is an archive's in an earlier form, laid out as that was.
    private static func isOfEarlierForm(_ database: Connection) throws -> Bool {
        guard try database.integer("PRAGMA application_id") == applicationID,
            let form = try database.integer("PRAGMA user_version"), (1..<Int64(schemaVersion)).contains(form)
        else { return false }
        try (form < 3 ? ForeignSchema.storeForm1 : .storeForm3).check(database)
        return true
    }

    /// Makes an archive out of an `archive.sqlite` that a server sent, with a replica of its own. The file is checked
    /// from its schema to its last chain, and then moved to its place.
    ///
    /// - Parameters:
    ///   - copy: all of it is there, on the same file system, and nobody else's. It is gone afterwards, whatever happened.
    ///   - id: the archive that it must be.
    ///   - name: what people call it.
    ///   - remotes: where it is exchanged with, name and location; they are there from the first moment.
    /// - Throws: `StorageError.damaged`, and then nothing was made.
    public static func create(
        in path: String, adopting copy: StreamingCopy, id: ArchiveID, name: String,
        remotes: [(name: String, location: String)], environment: Environment = .system
    ) throws -> Store {
        do {
            let folder = try unusedFolder(in: path)
            return try adopt(
                copy.path, isSound: copy.isFoundSound(), from: "the snapshot", in: folder, id: id, name: name,
                remotes: remotes, environment: environment)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// The place for an archive where there is none yet.
    public static func unusedFolder(in path: String) throws -> ArchiveFolder {
        let folder = try ArchiveFolder.prepare(in: path)
        guard !ArchiveFolder.exists(folder.storePath) else {
            throw StorageError(
                .archiveExists, "there is an archive already: \(folder.workPath)",
                remedy: Remedy(.syncExisting, folder.workPath))
        }
        return folder
    }

    /// - Parameters:
    ///   - partial: the file to be checked and moved.
    ///   - isSound: its content has been verified.
    ///   - origin: what people call where it is from.
    private static func adopt(
        _ partial: String, isSound: Bool = false, from origin: String, in folder: ArchiveFolder,
        id: ArchiveID? = nil, name: String, remotes: [(name: String, location: String)],
        environment: Environment
    ) throws -> Store {
        do {
            try check(
                copy: partial, isSound: isSound, of: origin, id: id, in: folder, environment: environment)
            try useWriteAheadLog(of: partial)
            // Settings alone are no archive: stopped here, it is as if nothing had been.
            for settings in folder.localPaths { LocalState.remove(at: settings) }
            let (own, seed) = LocalState.freshOrigin(environment)
            try LocalState.create(
                at: folder.localPath, replicaName: name, seed: seed, origin: own, remotes: remotes,
                schema: Definitions.local)
            folder.rights.settle(path: partial)
            chmod(partial, mode_t(folder.rights.fileMode))
            guard SyncedFolder.syncFile(partial), rename(partial, folder.storePath) == 0 else {
                throw StorageError(
                    .inputOutput, "the archive cannot be put in place: \(folder.storePath)",
                    hint: "check the disk")
            }
        } catch {
            DatabaseFiles.remove(at: partial)
            LocalState.remove(at: folder.localPath)
            throw error
        }
        SyncedFolder.sync(above: folder.storePath)
        return try Store(opening: folder, environment: environment)
    }

    /// Checks a copy from its schema to its last chain.
    private static func check(
        copy: String, isSound: Bool, of file: String, id: ArchiveID?, in folder: ArchiveFolder,
        environment: Environment
    ) throws {
        let open = { @Sendable () throws -> Connection in
            try Connection(path: copy, options: .init(mode: .readWrite, isForeign: true))
        }
        let database = try open()
        try checkSchema(of: database, isForeign: true)
        do {
            let found = try database.bytes("SELECT id FROM archive").flatMap { ArchiveID(bytes: $0) }
            if let id, let found, found != id {
                throw StorageError(.damaged, "it is of another archive: \(found.hexadecimal)")
            }
            let damaged =
                isSound ? [] : try Integrity.damage(in: folder, environment: environment, connect: open)
            if let first = damaged.first { throw StorageError(.damaged, first) }
            try forgetIndexes(of: open(), in: folder, environment: environment)
        } catch {
            let error = StorageError.presentable(error)
            let reason = (error as? StorageError)?.message ?? "\(error)"
            throw StorageError(
                .damaged, "the copy is damaged: \(file): \(reason)",
                hint: "nothing was made; take an older backup, or a clone of a mirror")
        }
    }

    /// The indexes of a copy would have to be trusted, so they are emptied: they are filled when they are needed.
    private static func forgetIndexes(
        of copy: Connection, in folder: ArchiveFolder, environment: Environment
    ) throws {
        let archive = try OpenArchive(
            over: copy, in: folder, local: LocalState(emptyWith: Definitions.local), environment: environment)
        // It is on the disk before it takes its place.
        try copy.execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
        try archive.writing { try $0.forgetIndexes() }
    }

    /// As an archive in use has it. Over a connection of its own: the word index holds on to what it has read.
    private static func useWriteAheadLog(of copy: String) throws {
        let database = try Connection(path: copy, options: .init(mode: .readWrite, isForeign: true))
        try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
