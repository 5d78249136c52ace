internal import Glibc
internal import QuipuFiles

/// Which process holds a database's write lock.
enum LockHolder {
    /// The byte of the shared-memory file that a writer locks (SQLite's wal.c, `WAL_WRITE_LOCK`).
    private static let writeLockByte = 120
    private static let maximumLocksFileBytes = 1 << 20

    /// `name (process 123)`, from the kernel's list of locks: asking SQLite's own file would drop its locks.
    static func describe(databasePath: String) -> String? {
        guard let facts = FileFacts(databasePath + DatabaseFiles.sharedMemorySuffix),
            let locks = SmallFile.text("/proc/locks", maximumBytes: maximumLocksFileBytes)
        else { return nil }
        for line in locks.split(separator: "\n") {
            // 1: POSIX  ADVISORY  WRITE 4242 08:01:1234 120 120
            let words = line.split(separator: " ")
            guard words.count >= 8, words[3] == "WRITE", let process = Int32(words[4]),
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == facts.inode,
                let first = Int(words[6]), let last = Int(words[7]), first <= writeLockByte,
                last >= writeLockByte
            else { continue }
            let name = SmallFile.text("/proc/\(process)/comm", maximumBytes: 256)?.split(separator: "\n")
                .first
            return "\(name.map(String.init) ?? "a process") (process \(process))"
        }
        return nil
    }
}
