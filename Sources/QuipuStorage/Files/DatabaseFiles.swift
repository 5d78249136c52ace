internal import Glibc

/// The files that SQLite keeps for a database: itself, its write-ahead log, the memory that its users share, and its
/// rollback journal.
enum DatabaseFiles {
    static let logSuffix = "-wal"
    static let sharedMemorySuffix = "-shm"
    static let suffixes = ["", logSuffix, sharedMemorySuffix, "-journal"]

    /// Removes a database that nobody has open.
    static func remove(at path: String) {
        for suffix in suffixes { unlink(path + suffix) }
    }
}
