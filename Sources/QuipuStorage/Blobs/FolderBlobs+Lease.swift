internal import Glibc

/// Who puts a content in place and then says in a record that it is needed, holds a lease meanwhile; who removes what
/// no record needs, holds all of it. So the one never happens in the middle of the other, in whatever processes.
extension FolderBlobs {
    /// Runs `body` while nothing is collected.
    public func withLease<Result>(_ body: () throws -> Result) throws -> Result {
        let descriptor = try lockFile()
        defer { close(descriptor) }
        while flock(descriptor, LOCK_SH) != 0 && errno == EINTR {}
        return try body()
    }

    /// Runs `body` while nobody holds a lease; nil where somebody does.
    func collecting<Result>(_ body: () throws -> Result) throws -> Result? {
        let descriptor = try lockFile()
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        return try body()
    }

    private func lockFile() throws(StorageError) -> Int32 {
        try makeFolders()
        let descriptor = open(
            path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(rights.fileMode))
        guard descriptor >= 0 else { throw .file(path + "/lock", "cannot be written", errno) }
        rights.settle(descriptor)
        return descriptor
    }
}
