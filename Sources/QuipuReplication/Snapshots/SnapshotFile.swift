internal import Glibc
public import QuipuStorage
internal import QuipuWire

/// A copy of an archive's database for whoever makes a mirror of it: `archive.sqlite` in one zstd frame, whose
/// checksum notices what changed on the way. Nothing in it is believed before it is checked.
public enum SnapshotFile {
    public static let mediaType = "application/vnd.quipu.snapshot"

    /// Of a zstd frame (RFC 8878, 3.1.1).
    public static let firstBytes: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    private static let level = 3
    private static let maximumThreads = 4

    /// Writes a copy of the archive as it is at this moment, while others read and write it.
    ///
    /// - Parameters:
    ///   - store: used by nobody else meanwhile; others of the same archive go on.
    ///   - path: appears when it is whole and on the disk, or not at all.
    public static func write(_ store: Store, to path: String) throws {
        let plain = path + ".sqlite"
        let partial = path + ".partial"
        for leftover in [plain, partial] { unlink(leftover) }
        defer { for leftover in [plain, partial] { unlink(leftover) } }
        try store.keeping.copyDatabase(to: plain, shownAs: path)
        try compress(FileStream(reading: plain), into: FileStream(writing: partial))
        guard rename(partial, path) == 0 else { throw FileStream.failure(path, errno) }
    }

    /// Writes the database that a snapshot holds, unchecked.
    ///
    /// - Parameter path: its owner alone may read it. Removed where it fails.
    /// - Throws: `ReplicationError.damaged` for what is no such file; `StorageError` for this machine's disk.
    public static func expand(_ snapshot: String, to path: String) throws {
        do {
            let input = try FileStream(reading: snapshot)
            var expander = try SnapshotDecompressor(into: FileStream(writing: path))
            while !input.isAtEnd { try expander.expand(input.next()) }
            try expander.finish()
        } catch {
            unlink(path)
            throw presentable(error)
        }
    }

    /// - Parameter error: of its expansion.
    static func presentable(_ error: any Error) -> any Error {
        guard let error = error as? WireError else { return error }
        return ReplicationError(
            .damaged, "the snapshot cannot be read: \(error.message)",
            hint: "nothing was kept of it; try again")
    }

    private static func compress(_ input: FileStream, into output: FileStream) throws {
        let threads = min(maximumThreads, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var compressor = try ZstdCompressor(level: level, threads: threads)
        repeat {
            let block = Array(try input.next())
            var compressed: [UInt8] = []
            try compressor.compress(block, into: &compressed, input.isAtEnd ? .last : .open)
            try output.write(compressed)
        } while !input.isAtEnd
        try output.sync()
    }
}
