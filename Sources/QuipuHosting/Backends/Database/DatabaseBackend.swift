package import QuipuCausality
internal import QuipuPostgreSQL
package import QuipuStorage
internal import Synchronization

/// Archives whose logs are in a PostgreSQL database, or in a compatible cluster, shared by any number of server
/// processes (Tools/deploy/README.md). This process keeps only a cache.
package final class DatabaseBackend: ArchiveBackend {
    /// What the archives of a backend share.
    struct Setting: Sendable {
        let pool: DatabasePool
        let caches: CacheFolder
        let environment: Environment
        let blobLimits: BlobLimits
        let report: FaultHandler
        /// Nil before the backend is complete, and after it is closed.
        let watcher: @Sendable () -> DatabaseWatcher?

        /// The archive with a local copy under a name.
        func idOfCopy(_ name: String) throws -> ArchiveID? {
            guard let place = ArchiveFolder.at(caches.folder(of: name)) else { return nil }
            return try? Store(opening: place, environment: environment).id
        }
    }

    /// Copies that are kept open; beyond this number the least recently used one is closed.
    static let maximumOpenCopies = 128

    fileprivate struct Known {
        /// One for each archive that was ever requested; small while its copy is closed.
        var archives: [String: DatabaseArchive] = [:]
        /// Archives whose copies may be open, the most recently used last.
        var recent: [String] = []
    }

    let setting: Setting
    /// The database's tokens, the same for every server.
    package let tokens: any TokenStore
    private let createsArchives: Bool
    private let shared: Shared

    /// State that the backend shares with its watcher, which needs it before the backend is initialized.
    private final class Shared: Sendable {
        let known = Mutex(Known())
        let watcher = Mutex<DatabaseWatcher?>(nil)
    }

    /// - Parameters:
    ///   - address: `postgres://…`; missing parts come from the `PG…` variables and the password file.
    ///   - cache: the folder for local copies; nil for a temporary one.
    /// - Throws: `StorageError` if the database or the cache cannot be used.
    package init(
        _ address: String, cache: String? = nil, createsArchives: Bool = true,
        environment: Environment = .system, blobLimits: BlobLimits = BlobLimits(),
        report: @escaping FaultHandler = { _ in }
    ) throws {
        self.createsArchives = createsArchives
        let shared = Shared()
        self.shared = shared
        do {
            let pool = DatabasePool(try DatabaseAddress(address), report: report)
            let id = try pool.withConnection { try DatabaseLayout.prepare($0, environment: environment) }
            tokens = DatabaseTokenStore(over: pool)
            setting = Setting(
                pool: pool, caches: try CacheFolder(cache, of: id), environment: environment,
                blobLimits: blobLimits, report: report,
                watcher: { shared.watcher.withLock { $0 } })
            let watcher = DatabaseWatcher(over: pool) { name in
                try shared.known.withLock { $0.archives[name] }?.mark()
            }
            shared.watcher.withLock { $0 = watcher }
        } catch let error as PostgreSQLError {
            throw StorageError(error)
        }
    }

    /// Whether an address contains a password. An invalid address is refused later.
    package static func hasPassword(_ address: String) -> Bool {
        (try? DatabaseAddress(address))?.hasPassword ?? false
    }

    package func archive(named name: String) throws -> (any HostedArchive)? {
        guard Store.isValidName(name) else { return nil }
        if let archive = shared.known.withLock({ $0.recall(name) }) { return archive }
        let isThere = try setting.pool.retrying { try DatabaseLog(name: name).state(on: $0) != nil }
        guard try isThere || setting.idOfCopy(name) != nil else { return nil }
        return shared.known.withLock { $0.archive(name, in: setting) }
    }

    package func create(named name: String, id: ArchiveID) throws -> (any HostedArchive)? {
        guard createsArchives, Store.isValidName(name) else { return nil }
        let epoch = setting.environment.randomBytes(16)
        try setting.pool.retrying { try DatabaseLog(name: name).create(id, epoch: epoch, on: $0) }
        return shared.known.withLock { $0.archive(name, in: setting) }
    }

    /// Without the database nothing can be served.
    package func checkReadiness() throws {
        _ = try setting.pool.retrying { try $0.run("SELECT form FROM quipu.layout") }
    }

    package func statistics() -> BackendStatistics {
        let archives = shared.known.withLock { known in known.recent.compactMap { known.archives[$0] } }
        var statistics = BackendStatistics()
        statistics.openArchives = archives.count
        statistics.openConflicts = archives.reduce(0) { $0 + $1.openConflicts }
        return statistics
    }

    package func follow(_ name: String, into channel: ArchiveChannel) {
        setting.watcher()?.follow(name, into: channel)
    }

    package func unfollow(_ name: String) { setting.watcher()?.unfollow(name) }

    /// Ends the background work.
    package func close() {
        shared.watcher.withLock { $0.take() }?.stop()
        shared.known.withLock { $0 = Known() }
        setting.pool.close()
    }
}

extension DatabaseBackend.Known {
    fileprivate mutating func archive(_ name: String, in setting: DatabaseBackend.Setting) -> DatabaseArchive
    {
        if let archive = recall(name) { return archive }
        let archive = DatabaseArchive(name, in: setting)
        archives[name] = archive
        touch(name)
        return archive
    }

    fileprivate mutating func recall(_ name: String) -> DatabaseArchive? {
        guard let archive = archives[name] else { return nil }
        touch(name)
        return archive
    }

    private mutating func touch(_ name: String) {
        if recent.last == name { return }
        if let index = recent.firstIndex(of: name) { recent.remove(at: index) }
        recent.append(name)
        guard recent.count > DatabaseBackend.maximumOpenCopies else { return }
        let first = recent.removeFirst()
        // A copy that is in use is likely to be used again soon.
        if archives[first]?.closeIfIdle() == false { recent.insert(first, at: recent.count - 1) }
    }
}

extension StorageError {
    /// Why a database cannot be used, for the operator who starts the server.
    init(_ error: PostgreSQLError) {
        switch error.code {
        case .badAddress:
            self.init(
                .init(rawValue: "bad-database"), error.message,
                hint: "as in postgres://quipu@db.example/quipu", remedy: Remedy(.databaseAddress))
        case _ where error.isRefusal:
            self.init(
                .init(rawValue: "database-refused"), "the database refuses: \(error.words)",
                hint: error.remedy ?? "change how it is set up, or what it has room for, and try again")
        default:
            self.init(
                .init(rawValue: "database-unreachable"), "the database cannot be used: \(error.message)",
                hint: "check that it runs, its address, user and password")
        }
    }
}
