internal import QuipuSQLite

/// Watches an archive that other processes write, by notification and by polling. Used by one thread.
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

    /// Stops watching; it must not be used after that.
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
    ///   - changed: receives the store, unless it is known that nothing was written since the last look.
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

/// When to look into an archive after a notice that it is being written. The notice comes at the write, the commit is
/// seen only once that is on the disk, and nothing tells when: so one looks soon, and then later and later, for about
/// a second.
///
/// Times are milliseconds on any clock that never goes back.
public struct Lookout: Sendable {
    /// Before the first look: notices of a long write come in thousands.
    private static let firstDelay: Int64 = 1
    private static let longestDelay: Int64 = 512
    /// Where nothing is noticed for so long, a look is due all the same: there are file systems that tell nothing.
    private static let quietDelay: Int64 = 30_000
    /// The same where the system gives no notices.
    private static let blindDelay: Int64 = 1_000

    private let isBlind: Bool
    private var delay: Int64
    public private(set) var due: Int64

    public init(isBlind: Bool, now: Int64) {
        self.isBlind = isBlind
        delay = Self.firstDelay
        due = now
    }

    public mutating func noticed(at now: Int64) {
        delay = Self.firstDelay
        due = min(due, now + delay)
    }

    public mutating func looked(at now: Int64) {
        delay *= 2
        due = now + (isBlind ? Self.blindDelay : delay <= Self.longestDelay ? delay : Self.quietDelay)
        delay = min(delay, 2 * Self.longestDelay)
    }
}

/// Notices that another connection, of whatever process, has committed to a store's archive since it was last asked.
/// What is written through the store itself does not count. One look costs some microseconds.
public struct ForeignCommits {
    private let store: Store
    private var version: Int64?

    /// Counts from here on.
    public init(to store: Store) throws {
        self.store = store
        version = try Self.version(store)
    }

    public mutating func take() throws -> Bool {
        let before = version
        version = try Self.version(store)
        return version != before
    }

    private static func version(_ store: Store) throws -> Int64? {
        do {
            return try store.database.integer("PRAGMA data_version")
        } catch {
            throw StorageError(error)
        }
    }
}
