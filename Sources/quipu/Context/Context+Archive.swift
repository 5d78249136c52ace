internal import Storage

extension Context {
    /// The archive that the command is about: `--archive`, else `QUIPU_ARCHIVE`, else the nearest `.quipu` at
    /// the current folder or above it.
    func archiveFolder() throws -> ArchiveFolder {
        if let path = options.archive { return try archive(at: path, givenBy: "--archive") }
        if let path = variable("QUIPU_ARCHIVE") { return try archive(at: path, givenBy: "QUIPU_ARCHIVE") }
        if let found = ArchiveFolder.nearest(from: currentFolder) { return found }
        throw StorageError(
            .noArchive, "there is no archive in this folder or above it",
            hint: "make one with: quipu init; or say where it is: --archive PATH")
    }

    private func archive(at path: String, givenBy source: String) throws -> ArchiveFolder {
        if let found = ArchiveFolder.at(path) { return found }
        throw StorageError(
            .noArchive, "there is no archive at \(path), as \(source) says",
            hint: "make one with: quipu init \(path)")
    }

    /// Opens the archive that the command is about.
    func openStore(_ mode: Store.Mode) throws -> Store {
        let folder = try archiveFolder()
        do {
            return try Store(opening: folder, mode: mode, environment: environment)
        } catch let error as StorageError where error.code == .readOnly && mode == .readOnly {
            // SQLite reads a database with a write-ahead log only where its index can be made beside it.
            throw StorageError(
                .readOnly, "the archive cannot be read where nothing may be written: \(folder.workPath)",
                hint: "copy the folder to where you may write, or check that you may read it")
        }
    }
}
