internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuSQLite

extension Store {
    /// Opens an archive's database; for reading also where nothing can be made beside it.
    ///
    /// - Returns: the connection; for a database read as an unchanging file, that file.
    static func connect(
        to folder: ArchiveFolder, options: Connection.Options
    ) throws -> (Connection, UnchangedFile?) {
        let lacksLocks = FileSystemAbilities.lacksLocks(folder.path)
        if lacksLocks, options.mode != .readOnly { throw StorageError.withoutLocks(folder.path) }
        if !lacksLocks {
            do {
                let database = try Connection(path: folder.storePath, options: options)
                guard options.mode == .readOnly else { return (database, nil) }
                // The first look is what tells whether it can be read.
                _ = try database.isEmpty
                return (database, nil)
            } catch let error as SQLiteError where options.mode == .readOnly && UnchangedFile.mayHelp(error) {
            }
        }
        let file = try UnchangedFile(folder.storePath)
        var unlocked = options
        unlocked.isImmutable = true
        return (try Connection(path: folder.storePath, options: unlocked), file)
    }

    /// What is this machine's alone. A reader who may not write, or not even read it, goes on without.
    static func localState(
        of folder: ArchiveFolder, mode: Mode, isForeign: Bool, isWritable: Bool, environment: Environment
    ) throws -> LocalState {
        guard isWritable else {
            return try unchangingLocalState(of: folder, isForeign: isForeign, environment: environment)
        }
        try folder.requireOwnSettings()
        if !LocalState.isMade(at: folder.localPath) {
            try createLocalState(in: folder, environment: environment)
        }
        guard mode == .readOnly else {
            return try LocalState(path: folder.localPath, mode: .readWrite, isForeign: isForeign)
        }
        do {
            let state = try LocalState(path: folder.localPath, mode: .readOnly, isForeign: isForeign)
            // On a full disk there may have been room for what stands beside the archive, and none beside this. What else is
            // wrong with it is reported when it is needed.
            do { _ = try state.replica() } catch is StorageError {
            } catch let error as SQLiteError where !UnchangedFile.mayHelp(error) {}
            return state
        } catch let error as SQLiteError where UnchangedFile.mayHelp(error) {
            return try unchangingLocalState(of: folder, isForeign: isForeign, environment: environment)
        }
    }

    private static func unchangingLocalState(
        of folder: ArchiveFolder, isForeign: Bool, environment: Environment
    ) throws -> LocalState {
        do {
            _ = try UnchangedFile(folder.localPath)
            return try LocalState(
                path: folder.localPath, mode: .readOnly, isForeign: isForeign, isImmutable: true)
        } catch is StorageError {
        } catch let error as SQLiteError where UnchangedFile.mayHelp(error) {
        }
        return try emptyLocalState(of: folder, environment: environment)
    }

    static func emptyLocalState(of folder: ArchiveFolder, environment: Environment) throws
        -> LocalState
    {
        let state = try LocalState(emptyWith: Definitions.local)
        let (origin, seed) = LocalState.freshOrigin(environment)
        try state.database.run(
            "INSERT INTO replica (singleton, name, secret, origin) VALUES (1, ?, ?, ?)",
            .text(name(for: folder)), .blob(seed), .blob(origin.bytes))
        return state
    }
}
