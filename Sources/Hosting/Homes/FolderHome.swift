internal import Causality
public import Storage
internal import Synchronization

/// Where a server finds archives by name, each in a folder of its own.
public final class ArchiveHome: Sendable {
    public enum Place: Sendable {
        /// Each folder in this one is an archive under its own name.
        case directory(String, createsArchives: Bool)
        /// One archive, under one name.
        case single(ArchiveFolder, name: String)
    }

    /// Archives kept open; past it the one that was asked for first is closed.
    static let maximumOpenArchives = 128

    fileprivate struct Open {
        var archives: [String: HostedArchive] = [:]
        var order: [String] = []
    }

    let place: Place
    private let environment: Environment
    private let open = Mutex(Open())

    public init(_ place: Place, environment: Environment = .system) {
        self.place = place
        self.environment = environment
    }

    /// The archive of a name; nil when there is none.
    func archive(named name: String) throws -> HostedArchive? {
        guard Store.isValidName(name), let folder = folder(of: name) else { return nil }
        return try open.withLock { open in
            if let archive = open.archives[name] { return archive }
            let store: Store
            do {
                store = try Store(opening: folder, environment: environment)
            } catch let error as StorageError where error.code == .noArchive {
                // Its making was stopped half-way, and is done again by the next who pushes.
                return nil
            }
            let archive = HostedArchive(store)
            open.keep(archive, as: name)
            return archive
        }
    }

    /// Makes a mirror of an archive under a name, if this home allows that.
    func create(named name: String, id: ArchiveID) throws -> HostedArchive? {
        guard case .directory(let root, createsArchives: true) = place, Store.isValidName(name) else {
            return nil
        }
        return try open.withLock { open in
            if let archive = open.archives[name] { return archive }
            let archive = HostedArchive(
                try Store.create(in: root + "/" + name, id: id, name: name, environment: environment))
            open.keep(archive, as: name)
            return archive
        }
    }

    private func folder(of name: String) -> ArchiveFolder? {
        switch place {
        case .directory(let root, _): ArchiveFolder.at(root + "/" + name)
        case .single(let folder, let only): name == only ? folder : nil
        }
    }
}

extension ArchiveHome.Open {
    mutating func keep(_ archive: HostedArchive, as name: String) {
        if order.count >= ArchiveHome.maximumOpenArchives {
            archives[order.removeFirst()] = nil
        }
        archives[name] = archive
        order.append(name)
    }
}

/// An open archive of a server, used by one request at a time.
///
/// `@unchecked Sendable`: the store is reached through `withStore` alone, which holds the lock.
final class HostedArchive: @unchecked Sendable {
    private let lock = Mutex(())
    private let store: Store

    init(_ store: sending Store) { self.store = store }

    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
        try lock.withLock { _ in try body(store) }
    }
}
