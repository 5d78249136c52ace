package import QuipuCausality
internal import QuipuPostgreSQL
package import QuipuStorage
internal import Synchronization

/// Archives whose logs are in a PostgreSQL database, or in a cluster that speaks its protocol, shared by as many
/// server processes as there are (Tools/deploy/README.md). All that this process keeps is a cache.
package final class DatabaseBackend: ArchiveBackend {
    /// What the archives of a home have in common.
    struct Setting: Sendable {
        let pool: DatabasePool
        let caches: CacheFolder
        let environment: Environment
        let blobLimits: BlobLimits
        let report: Server.FaultHandler
        /// Nil before the home is made and once it is closed.
        let watcher: @Sendable () -> DatabaseWatcher?

        /// The archive of which a copy is kept under a name.
        func idOfCopy(_ name: String) throws -> ArchiveID? {
            guard let place = ArchiveFolder.at(caches.folder(of: name)) else { return nil }
            return try? Store(opening: place, environment: environment).id
        }
    }

    /// Copies kept open; past it the one that nobody asked for the longest is closed.
    static let maximumOpenCopies = 128

    fileprivate struct Known {
        /// One for each archive that was ever asked for: small as long as its copy is closed.
        var archives: [String: DatabaseArchive] = [:]
        /// Those whose copies may be open, the one asked for last at the end.
        var recent: [String] = []
    }

    let setting: Setting
    /// Who may do what: the same at every server of the database.
    package let tokens: any TokenStore
    private let createsArchives: Bool
    private let shared: Shared

    /// Of the home and its follower, which needs it before the home is made.
    private final class Shared: Sendable {
        let known = Mutex(Known())
        let watcher = Mutex<DatabaseWatcher?>(nil)
    }

    /// - Parameters:
    ///   - address: `postgres://…`; what it leaves out comes from the `PG…` variables and the password file.
    ///   - cache: the folder for copies of archives; nil for a temporary one.
    /// - Throws: `StorageError` when the database cannot be used, or the cache.
    package init(
        _ address: String, cache: String? = nil, createsArchives: Bool = true,
        environment: Environment = .system, blobLimits: BlobLimits = BlobLimits(),
        report: @escaping Server.FaultHandler = { _ in }
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

    /// Whether an address has a password in it. What is no address at all is refused later.
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

    /// A database that does not answer leaves nothing to serve.
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

    /// Ends what goes on beside the requests.
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
        // One that is in use is in use again soon.
        if archives[first]?.closeIfIdle() == false { recent.insert(first, at: recent.count - 1) }
    }
}

extension StorageError {
    /// Why a database cannot be used, for who starts the server.
    init(_ error: PostgreSQLError) {
        switch error.code {
        case .badAddress:
            self.init(
                .init(rawValue: "bad-database"), error.message,
                hint: "as in: quipu serve --database postgres://quipu@db.example/quipu")
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
