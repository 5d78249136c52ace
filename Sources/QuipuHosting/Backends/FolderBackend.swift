internal import Glibc
package import QuipuCausality
package import QuipuStorage
internal import Synchronization

/// Archives on this machine's disk, each in its own folder.
package final class FolderBackend: ArchiveBackend {
    package enum Place: Sendable {
        /// Each folder in this one is an archive under its own name.
        case directory(String, createsArchives: Bool)
        /// One archive, under one name.
        case single(ArchiveFolder, name: String)
    }

    /// Archives that are kept open; beyond this number the one that was opened first is closed.
    static let maximumOpenArchives = 128

    fileprivate struct Open {
        var archives: [String: StoredArchive] = [:]
        var order: [String] = []
    }

    let place: Place
    private let environment: Environment
    private let blobLimits: BlobLimits
    private let open = Mutex(Open())
    /// Created for the first client that watches.
    private let watcher = Mutex<FolderWatcher?>(nil)

    package init(
        _ place: Place, environment: Environment = .system, blobLimits: BlobLimits = BlobLimits()
    ) {
        self.place = place
        self.environment = environment
        self.blobLimits = blobLimits
    }

    package func archive(named name: String) throws -> (any HostedArchive)? {
        guard Store.isValidName(name) else { return nil }
        if let archive = open.withLock({ $0.archives[name] }), archive.isInPlace { return archive }
        guard let folder = folder(of: name) else { return nil }
        return try open.withLock { open in
            if let archive = open.archives[name], archive.isInPlace { return archive }
            open.forget(name)
            let store: Store
            do {
                store = try Store(opening: folder, environment: environment)
            } catch let error as StorageError where error.code == .noArchive {
                // Its creation was interrupted, and is repeated by the next push.
                return nil
            }
            let archive = hosted(store)
            open.keep(archive, as: name)
            return archive
        }
    }

    package func create(named name: String, id: ArchiveID) throws -> (any HostedArchive)? {
        guard case .directory(let root, createsArchives: true) = place, Store.isValidName(name) else {
            return nil
        }
        return try open.withLock { open in
            if let archive = open.archives[name], archive.isInPlace { return archive }
            open.forget(name)
            let archive = hosted(
                try Store.create(in: root + "/" + name, id: id, name: name, environment: environment))
            open.keep(archive, as: name)
            return archive
        }
    }

    private func hosted(_ store: sending Store) -> StoredArchive {
        let blobs = FolderBlobs(store.folder.blobsPath, limits: blobLimits, environment: environment)
        return StoredArchive(store, blobs: blobs)
    }

    /// A folder that cannot be read cannot be served.
    package func checkReadiness() throws {
        let path =
            switch place {
            case .directory(let root, _): root
            case .single(let folder, _): folder.path
            }
        guard access(path, R_OK | X_OK) == 0 else {
            throw StorageError(
                .noArchive, "the folder \(path) cannot be read: \(String(cString: strerror(errno)))",
                hint: "check that it is there, and its permissions")
        }
    }

    package func statistics() -> BackendStatistics {
        open.withLock { open in
            var statistics = BackendStatistics()
            statistics.openArchives = open.archives.count
            statistics.openConflicts = open.archives.values.reduce(0) { $0 + $1.openConflicts }
            return statistics
        }
    }

    package func follow(_ name: String, into channel: ArchiveChannel) {
        guard let folder = folder(of: name) else { return }
        watcher.withLock { watcher in
            watcher = watcher ?? FolderWatcher()
            watcher?.follow(name, in: folder, into: channel)
        }
    }

    package func unfollow(_ name: String) {
        watcher.withLock { $0?.unfollow(name) }
    }

    private func folder(of name: String) -> ArchiveFolder? {
        switch place {
        case .directory(let root, _): ArchiveFolder.at(root + "/" + name)
        case .single(let folder, let only): name == only ? folder : nil
        }
    }
}

extension FolderBackend.Open {
    mutating func forget(_ name: String) {
        guard archives.removeValue(forKey: name) != nil else { return }
        order.removeAll { $0 == name }
    }

    mutating func keep(_ archive: StoredArchive, as name: String) {
        if order.count >= FolderBackend.maximumOpenArchives {
            archives[order.removeFirst()] = nil
        }
        archives[name] = archive
        order.append(name)
    }
}
