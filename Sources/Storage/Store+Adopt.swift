internal import EmbeddedSchema
internal import Glibc
internal import SQLite

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
            try checkSchema(of: source, isForeign: true)
            let folder = try ArchiveFolder.prepare(in: path)
            guard !ArchiveFolder.exists(folder.storePath) else {
                throw StorageError(
                    .archiveExists, "there is an archive already: \(folder.workPath)",
                    hint: "use it, or choose another folder")
            }
            let partial = folder.storePath + ".partial"
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(partial + suffix) }
            do {
                try source.run("VACUUM INTO ?", .text(partial))
                try check(copy: partial, of: file, in: folder, environment: environment)
                try useWriteAheadLog(of: partial)
                guard rename(partial, folder.storePath) == 0 else {
                    throw StorageError(
                        .inputOutput, "the archive cannot be put in place: \(folder.storePath)",
                        hint: "check the disk")
                }
            } catch {
                for suffix in ["", "-wal", "-shm", "-journal"] { unlink(partial + suffix) }
                // Whatever else is in there keeps them.
                rmdir(folder.path)
                rmdir(folder.workPath)
                throw error
            }
            SyncedFolder.sync(above: folder.storePath)
            return try Store(opening: folder, environment: environment)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Checks a copy from its schema to its last chain.
    private static func check(
        copy: String, of file: String, in folder: ArchiveFolder, environment: Environment
    ) throws {
        let database = try Connection(path: copy, options: .init(mode: .readWrite, isForeign: true))
        try checkSchema(of: database, isForeign: true)
        do {
            let store = try Store(
                over: database, in: folder, local: LocalState(emptyWith: Definitions.local),
                environment: environment)
            let found = try store.verify().damaged
            if let first = found.first { throw StorageError(.damaged, first) }
            // SQLite does not look into the word index by itself.
            try database.run("INSERT INTO search (search) VALUES ('integrity-check')")
        } catch {
            let error = StorageError.presentable(error)
            let reason = (error as? StorageError)?.message ?? "\(error)"
            throw StorageError(
                .damaged, "the copy is damaged: \(file): \(reason)",
                hint: "nothing was made; take an older backup, or a clone of a mirror")
        }
    }

    /// As an archive in use has it. Over a connection of its own: the word index holds on to what it has read.
    private static func useWriteAheadLog(of copy: String) throws {
        let database = try Connection(path: copy, options: .init(mode: .readWrite, isForeign: true))
        try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
