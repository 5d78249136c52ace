internal import Glibc
internal import SQLite

extension Store {
    /// Copies the archive as it is at this moment into one file, while others read and write it. The file appears
    /// under its name whole or not at all, and only its owner may read it. It holds `archive.sqlite` alone, without
    /// this machine's key and remotes: whoever goes on with it does so under an origin of their own.
    ///
    /// - Parameter replacesExisting: takes the place of a file of that name.
    /// - Returns: the size in bytes.
    /// - Throws: `StorageError`: `fileExists`, `diskFull`, `readOnly`, `damaged`.
    @discardableResult
    public func backUp(to path: String, replacesExisting: Bool = false) throws -> Int {
        try Self.requirePlace(path, apartFrom: folder, replacesExisting: replacesExisting)
        let partial = "\(path).\(getpid()).partial"
        Self.removeDatabase(at: partial)
        defer { Self.removeDatabase(at: partial) }
        let bytes = try copyDatabase(to: partial, shownAs: path)
        guard SyncedFolder.syncFile(partial), rename(partial, path) == 0 else {
            throw Self.cannotWrite(path, errno)
        }
        SyncedFolder.sync(above: path)
        return bytes
    }

    /// Copies the archive's database as it is at this moment, while others read and write it. Only its owner may read
    /// the copy, and it is not yet on the disk.
    ///
    /// - Parameters:
    ///   - path: of a file that is not there.
    ///   - shown: what messages call it.
    /// - Returns: the size in bytes.
    /// - Throws: `StorageError`: `diskFull`, `readOnly`, `damaged`; what there is of the copy is the caller's to remove.
    @discardableResult
    public func copyDatabase(to path: String, shownAs shown: String? = nil) throws -> Int {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.cannotWrite(shown ?? path, errno) }
        defer { close(descriptor) }
        do {
            // Both sides are read and written in order, once: what is kept of them serves nobody.
            try database.execute("PRAGMA cache_size = -2048")
            defer { try? database.execute("PRAGMA cache_size = -\(Self.cacheKibibytes)") }
            // A path that begins with `file:` would be taken for a URI.
            try database.run("VACUUM INTO ?", .text(path.hasPrefix("/") ? path : "./" + path))
        } catch {
            switch error.code.primary {
            case .full: throw Self.cannotWrite(shown ?? path, ENOSPC)
            case .ioError where error.systemError == EFBIG: throw StorageError.fileTooLarge(shown ?? path)
            case .cannotOpen, .readOnly: throw Self.cannotWrite(shown ?? path, EACCES)
            default: throw StorageError(error)
            }
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Self.cannotWrite(shown ?? path, errno) }
        return Int(facts.st_size)
    }

    private static func requirePlace(
        _ path: String, apartFrom folder: ArchiveFolder, replacesExisting: Bool
    ) throws {
        var facts = stat()
        if stat(path, &facts) == 0 {
            if facts.st_mode & S_IFMT == S_IFDIR {
                throw StorageError(
                    .fileExists, "a backup is a file, and this is a folder: \(path)",
                    hint: "give a name in it: quipu backup \(path)/press.sqlite")
            }
            guard replacesExisting else {
                throw StorageError(
                    .fileExists, "there is a file of that name already: \(path)",
                    hint: "choose another name, or replace it: quipu backup --force \(path)")
            }
        }
        // In there it could take the place of the archive itself.
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if ArchiveFolder.absolute(parent) == ArchiveFolder.absolute(folder.path) {
            throw StorageError(
                .readOnly, "a backup cannot lie in the archive's own folder: \(path)",
                hint: "put it elsewhere, best on another disk")
        }
    }

    private static func cannotWrite(_ path: String, _ error: Int32) -> StorageError {
        if error == ENOSPC || error == EDQUOT {
            return StorageError(
                .diskFull, "there is no room for the copy: \(path)",
                hint: "make room, or choose another disk")
        }
        return StorageError(
            .readOnly, "the copy cannot be written: \(path): \(String(cString: strerror(error)))",
            hint: "choose a place that you may write")
    }
}

/// Makes a renamed file's new name survive a power cut.
enum SyncedFolder {
    /// Whether a file's content is on the disk.
    static func syncFile(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        return descriptor >= 0 && fsync(descriptor) == 0
    }

    static func sync(above path: String) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot, and then have nothing to wait for.
        fsync(descriptor)
        close(descriptor)
    }
}
