public import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// Creates an archive: its tables in one commit, then this machine's settings in another. It may stop at
/// any moment. As long as there are no settings and the log is empty, it is not an archive yet, and its creation
/// can be repeated. Where there are settings an empty database is a damaged one.
extension Store {
    /// Makes an archive in a folder, with a replica of its own.
    /// - Parameters:
    ///   - id: the archive to be a mirror of; nil for a new one.
    ///   - name: what people call it, `[a-z0-9][a-z0-9_-]{0,63}`.
    ///   - remotes: where it is exchanged with, name and location; they are there from the first moment.
    @discardableResult
    public static func create(
        in path: String, id: ArchiveID? = nil, name: String, remotes: [(name: String, location: String)] = [],
        environment: Environment = .system
    ) throws -> Store {
        guard ArchiveName.isValid(name) else {
            throw StorageError(
                .badName, "'\(name)' cannot be an archive's name",
                hint:
                    "use lower-case letters, digits, - and _, at most 64, beginning with a letter or a digit")
        }
        let folder = try ArchiveFolder.prepare(in: path)
        let archive = id ?? ArchiveID(bytes: environment.randomBytes(16)) ?? ArchiveID(rawValue: 0)
        if !ArchiveFolder.exists(folder.storePath) {
            for settings in folder.localPaths { LocalState.remove(at: settings) }
        }
        do {
            if !ArchiveFolder.exists(folder.storePath) { folder.touch(folder.storePath) }
            let database = try Connection(path: folder.storePath, options: .init(mode: .readWriteCreate))
            func requireUnmade() throws {
                if try isUnmade(database, in: folder) { return }
                throw StorageError(
                    .archiveExists, "there is an archive already: \(folder.workPath)",
                    hint: "use it, or choose another folder")
            }
            // The database of another program is not even switched to another journal.
            try requireUnmade()
            try database.execute(
                "PRAGMA page_size = \(pageBytes); PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            try database.transaction(.immediate) {
                try requireUnmade()
                if try database.isEmpty { try database.execute(Definitions.store) }
                try database.run(
                    "INSERT OR REPLACE INTO archive VALUES (1, ?, zeroblob(16), 0, 0, 0)",
                    .blob(archive.bytes))
            }
            let (origin, seed) = LocalState.freshOrigin(environment)
            try LocalState.create(
                at: folder.localPath, replicaName: name, seed: seed, origin: origin, remotes: remotes,
                schema: Definitions.local)
        } catch let error as SQLiteError {
            throw StorageError(error)
        }
        return try Store(opening: folder, environment: environment)
    }

    /// Whether the making of an archive was stopped half-way here; a database just made counts too.
    private static func isUnmade(_ database: Connection, in folder: ArchiveFolder) throws -> Bool {
        if folder.localPaths.contains(where: { LocalState.isMade(at: $0) }) { return false }
        if try database.isEmpty { return true }
        return try database.integer("PRAGMA application_id") == applicationID
            && database.integer("SELECT EXISTS (SELECT 1 FROM log)") == 0
    }

    /// - Throws: `StorageError.noArchive` where an archive was only begun.
    static func requireMade(_ database: Connection, in folder: ArchiveFolder) throws {
        guard try database.isEmpty, try isUnmade(database, in: folder) else { return }
        throw StorageError(
            .noArchive, "the creation of an archive was interrupted at \(folder.workPath)",
            hint: "it is still empty; make it again, with the same command")
    }

    /// Losing what is this machine's alone loses no edit: the replica goes on under a fresh origin, and its
    /// remotes must be told again.
    static func createLocalState(in folder: ArchiveFolder, environment: Environment) throws {
        let (origin, seed) = LocalState.freshOrigin(environment)
        try LocalState.create(
            at: folder.localPath, replicaName: name(for: folder), seed: seed, origin: origin,
            schema: Definitions.local)
    }

    /// The folder's own name where that can be an archive's.
    static func name(for folder: ArchiveFolder) -> String {
        let last = folder.workPath.split(separator: "/").last.map(String.init) ?? ""
        return ArchiveName.isValid(last) ? last : "archive"
    }
}
