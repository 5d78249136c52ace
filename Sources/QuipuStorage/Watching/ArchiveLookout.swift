/// Keeps an eye on an archive that others write: opens it to look, when the system says that it was written and now
/// and then besides. Used by one thread.
public final class ArchiveLookout {
    private let folder: ArchiveFolder
    private let notices: FolderNotices?
    private let isForeign: Bool
    private var watch: FolderNotices.Watch?
    private var open: (store: Store, commits: ForeignCommits)?
    private var lookout: Lookout

    /// - Parameters:
    ///   - notices: nil where the system gives none.
    ///   - isForeign: as for a store.
    public init(at folder: ArchiveFolder, notices: FolderNotices?, isForeign: Bool = false, now: Int64) {
        self.folder = folder
        self.notices = notices
        self.isForeign = isForeign
        watch = notices?.add(folder)
        lookout = Lookout(isBlind: watch == nil, now: now)
    }

    /// Stops watching; nobody is to look after that.
    public func stop() {
        if let watch { notices?.remove(watch) }
    }

    /// When to look next.
    public var due: Int64 { lookout.due }

    /// - Parameter watches: as `FolderNotices.take` gave them.
    public func noticed(_ watches: Set<FolderNotices.Watch>?, at now: Int64) {
        guard let watch, watches?.contains(watch) != false else { return }
        lookout.noticed(at: now)
    }

    /// Looks at the archive. What was seen before may be seen again.
    ///
    /// - Parameters:
    ///   - keepsOpen: until the next look. A memory stick cannot be taken out meanwhile.
    ///   - changed: is given the store, unless it is known that nobody wrote since the last look.
    /// - Throws: what stood in the way; the next look tries again.
    public func look(at now: Int64, keepsOpen: Bool, changed: (Store) throws -> Void) throws {
        defer { lookout.looked(at: now) }
        do {
            if let store = open?.store {
                if try open?.commits.take() == true { try changed(store) }
            } else {
                // Its file system may have gone and come back, and the watch with it.
                watch = notices?.add(folder)
                let store = try Store(opening: folder, mode: .readOnly, isForeign: isForeign)
                open = (store, try ForeignCommits(to: store))
                try changed(store)
            }
            if !keepsOpen { open = nil }
        } catch {
            open = nil
            throw error
        }
    }
}
