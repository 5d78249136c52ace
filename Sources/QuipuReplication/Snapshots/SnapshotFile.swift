internal import Glibc
internal import QuipuCBOR
internal import QuipuCompression
public import QuipuStorage
internal import QuipuWire

/// A compressed copy of an archive's database, for cloning: `archive.sqlite` in one zstd frame with a checksum. Its
/// contents are verified before they are used.
public enum SnapshotFile {
    public static let mediaType = "application/vnd.quipu.snapshot"

    /// The magic number of a zstd frame (RFC 8878, 3.1.1).
    public static let firstBytes: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    private static let level = 3
    private static let maximumThreads = 4

    /// Writes a snapshot of the archive while others read and write it.
    ///
    /// - Parameters:
    ///   - store: for this call's use alone; other connections to the same archive are not affected.
    ///   - path: the file appears when it is complete and synced, or not at all.
    public static func write(_ store: Store, to path: String) throws {
        let plain = path + ".sqlite"
        let partial = path + ".partial"
        for leftover in [plain, partial] { unlink(leftover) }
        defer { for leftover in [plain, partial] { unlink(leftover) } }
        try store.keeping.copyDatabase(to: plain, shownAs: path)
        do {
            try compress(FileStream(reading: plain), into: FileStream(writing: partial))
        } catch let error as ZstdError {
            throw WireError(error)
        }
        guard rename(partial, path) == 0 else { throw FileStream.failure(path, errno) }
    }

    /// Decompresses a snapshot's database without verifying it.
    ///
    /// - Parameter path: the file is readable by its owner only, and removed on failure.
    /// - Throws: `ReplicationError.damaged` for a file that is not a snapshot; `StorageError` for errors of this
    ///   machine's disk.
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

    /// - Parameter error: an error of decompression.
    static func presentable(_ error: any Error) -> any Error {
        guard let error = error as? WireError else { return error }
        return ReplicationError(
            .damaged, "the snapshot cannot be read: \(error.message)",
            hint: "none of it was kept; try again")
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
