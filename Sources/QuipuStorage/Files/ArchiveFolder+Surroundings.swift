internal import Glibc
internal import QuipuCausality
internal import QuipuFiles
internal import QuipuSQLite

extension ArchiveFolder {
    /// What `archive.sqlite` takes on the disk, its write-ahead log included.
    var storeSizeBytes: Int {
        [storePath, storePath + DatabaseFiles.logSuffix].reduce(0) { sum, path in
            sum + Int(FileFacts(path)?.sizeBytes ?? 0)
        }
    }
}

/// The files and the disk around an archive, as far as they can cause faults.
extension ArchiveFolder {
    private static let known = ["archive.sqlite", "local.sqlite", "index.sqlite", "blobs", "snapshots"]

    /// Files in the archive's folder that are no part of it: what a copy or a clone that was stopped left behind,
    /// or what somebody has put there. By name.
    public func leftovers() -> [String] {
        let personal = Set(localPaths.map { String($0.dropFirst(path.utf8.count + 1)) })
        return Self.names(in: path).filter { name in
            if personal.contains(where: { own in DatabaseFiles.suffixes.contains { own + $0 == name } }) {
                return false
            }
            if name == "config" || name.hasPrefix("config-") && UInt32(name.dropFirst(7)) != nil {
                return false
            }
            return !Self.known.contains { known in DatabaseFiles.suffixes.contains { known + $0 == name } }
        }
    }

    /// Snapshots of the archive that are kept for clones, by name.
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
        FileFacts(localPath).map { $0.mode & 0o077 != 0 } ?? false
    }
}
