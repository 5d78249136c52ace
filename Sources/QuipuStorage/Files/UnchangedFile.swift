internal import Glibc
internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuFiles
internal import QuipuSQLite

extension StorageError {
    static func withoutLocks(_ path: String) -> StorageError {
        StorageError(
            .unsuitablePlace,
            "files cannot be locked on this file system, so an archive cannot be written there: \(path)",
            remedy: Remedy(.serveFromHere))
    }

    static func withoutSharedMemory(_ path: String) -> StorageError {
        StorageError(
            .unsuitablePlace,
            "processes cannot share memory on this file system, so an archive cannot be written there: \(path)",
            remedy: Remedy(.serveFromHere))
    }
}

/// A database that is read as an unchanging file, because nothing can be written beside it: on a locked stick or a
/// DVD, in another user's folder, on a full disk, on a share that has no locks or no shared memory.
///
/// SQLite's own way of reading needs a place for its index of the write-ahead log. Without one it is not told of writers,
/// so what was read counts only where the file is afterwards what it was before.
struct UnchangedFile {
    private let path: String
    private let facts: FileFacts

    /// - Throws: `StorageError` where edits stand in a write-ahead log, which is not read so.
    init(_ path: String) throws(StorageError) {
        guard let facts = FileFacts(path) else {
            throw StorageError(
                .readOnly, "the archive cannot be read: \(path): \(String(cString: strerror(errno)))",
                hint: "check that you may read the folder")
        }
        if Self.hasUnmergedLog(path) {
            throw StorageError(
                .readOnly,
                "the last edits are in a file that cannot be read from a read-only folder: \(path)\(DatabaseFiles.logSuffix)",
                hint: "copy the folder .quipu, with all its files, to a writable place, and read it there")
        }
        self.path = path
        self.facts = facts
    }

    /// Whether reading it so may do what SQLite's own way could not.
    static func mayHelp(_ error: SQLiteError) -> Bool {
        switch error.code.primary {
        case .cannotOpen, .readOnly, .full: true
        default: SQLiteError.Code.sharedMemory.union(SQLiteError.Code.locking).contains(error.code)
        }
    }

    /// - Throws: `StorageError.busy` if the file was written since.
    func requireUnchanged() throws(StorageError) {
        guard FileFacts(path) == facts, !Self.hasUnmergedLog(path) else {
            throw StorageError(
                .busy, "the archive was changed while it was read: \(path)", hint: "run the command again")
        }
    }

    private static func hasUnmergedLog(_ path: String) -> Bool {
        FileFacts(path + DatabaseFiles.logSuffix).map { $0.sizeBytes > 0 } ?? false
    }
}

/// A feature that an archive needs and a file system lacks.
enum FileSystemAbilities {
    /// Whether files there cannot be locked, as on some network shares. A lock is asked about on the folder: asking on a
    /// database, and closing it, would drop the locks that this process has on it.
    static func lacksLocks(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_RDLCK)
        lock.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_GETLK, &lock) != 0 && [ENOLCK, EOPNOTSUPP, ENOSYS].contains(errno)
    }
}
