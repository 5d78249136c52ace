internal import Glibc
internal import QuipuCausality
internal import QuipuSQLite

/// What is around an archive and can go wrong with it.
extension ArchiveFolder {
    private static let known = ["archive.sqlite", "local.sqlite", "blobs", "snapshots"]
    private static let suffixes = ["", "-wal", "-shm", "-journal"]

    /// Files in the archive's folder that are no part of it: what a copy or a clone that was stopped left behind,
    /// or what somebody has put there. By name.
    public func leftovers() -> [String] {
        let personal = Set(localPaths.map { String($0.dropFirst(path.utf8.count + 1)) })
        return Self.names(in: path).filter { name in
            if personal.contains(where: { own in Self.suffixes.contains { own + $0 == name } }) {
                return false
            }
            return !Self.known.contains { known in Self.suffixes.contains { known + $0 == name } }
        }
    }

    /// Copies of the archive that wait for whoever makes a mirror of it, by name.
    public func snapshotNames() -> [String] { Self.names(in: snapshotsPath) }

    /// What was forgotten in the archive must not live on in them.
    func removeSnapshots() {
        for name in snapshotNames() { unlink(snapshotsPath + "/" + name) }
    }

    /// Sorted; none where there is no such folder.
    static func names(in folder: String) -> [String] {
        guard let listing = opendir(folder) else { return [] }
        defer { closedir(listing) }
        var found: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }

    /// Bytes that this user can still write on the archive's disk; nil where the system does not say.
    public var freeBytes: Int? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        return Int(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
    }

    /// What the archive takes on the disk, its write-ahead log included.
    public var sizeBytes: Int { storeSizeBytes }

    /// Files of the archive that this user may not write, by path.
    public func unwritablePaths() -> [String] {
        [path, storePath, localPath].filter { Self.exists($0) && access($0, W_OK) != 0 }
    }

    /// Whether others than the owner may read this machine's key.
    public var isKeyExposed: Bool {
        var facts = stat()
        return stat(localPath, &facts) == 0 && facts.st_mode & 0o077 != 0
    }
}

extension Store {
    /// Which process is writing the archive just now, in words; nil when none is.
    public var writeLockHolder: String? { LockHolder.describe(databasePath: folder.storePath) }

    /// What SQLite finds wrong with this machine's own settings, in words.
    public func localDamage() throws -> [String] {
        do { return try local.damage() } catch let error as SQLiteError { throw StorageError(error) }
    }

    /// Long texts of which a part is here.
    public func textsUnderWay() throws -> Int { try local.textsUnderWay(limit: .max).count }

    /// The highest stamp that this replica's clock has followed, in Unix milliseconds.
    public func latestStampMilliseconds() throws -> Int64 {
        Stamp(rawValue: UInt64(clamping: try database.integer("SELECT stamp FROM archive") ?? 0)).milliseconds
    }
}
