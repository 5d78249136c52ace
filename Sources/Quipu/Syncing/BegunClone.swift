internal import QuipuCausality
internal import QuipuStorage

/// A clone that was interrupted after its archive was made, and before it was in sync: the same command resumes it.
enum BegunClone {
    /// Nil where there is none, or another archive.
    ///
    /// - Parameter location: of its remote; nil for a mirror of a share, which has none.
    /// - Throws: `StorageError.archiveExists` if there is a mirror of it that is in use.
    static func store(
        in path: String, of archive: ArchiveID, from location: String?, environment: Environment = .system
    ) throws -> Store? {
        guard let folder = ArchiveFolder.at(path), folder.path.hasSuffix("/" + ArchiveFolder.name),
            let store = try? Store(opening: folder, environment: environment), store.id == archive
        else { return nil }
        let remotes = try store.remotes.all()
        guard let location else {
            // A mirror that has written nothing is as good as a new one.
            if remotes.isEmpty, try store.log.vector().sequence(of: store.origin) == 0 { return store }
            throw QuipuError(
                .archiveExists, "there is a mirror of this archive already: \(folder.workPath)",
                remedy: .init("syncExistingWithShare", folder.workPath))
        }
        if remotes.isEmpty, try store.position == 0 {
            // Stopped before its own settings were there.
            try store.remotes.add(name: "origin", location: location)
            return store
        }
        if let only = remotes.first, remotes.count == 1, only.name == "origin", only.location == location,
            only.agreement == nil
        {
            return store
        }
        throw StorageError(
            .archiveExists, "there is a mirror of this archive already: \(folder.workPath)",
            remedy: Remedy(.syncExisting, folder.workPath))
    }
}
