internal import Glibc
public import Storage
internal import Wire

/// A copy of an archive's database for whoever makes a mirror of it: `archive.sqlite` in one zstd frame, whose
/// checksum notices what changed on the way. Nothing in it is believed before it is checked.
public enum SnapshotFile {
    public static let mediaType = "application/vnd.quipu.snapshot"

    /// Text shrinks to a tenth at most; what claims to be so much more than it is, is made to fill a disk.
    private static let maximumExpansion = 200
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
        try store.copyDatabase(to: plain, shownAs: path)
        try compress(FileStream(reading: plain), into: FileStream(writing: partial))
        guard rename(partial, path) == 0 else { throw FileStream.failure(path, errno) }
    }

    /// Writes the database that a snapshot holds, unchecked.
    ///
    /// - Parameter path: its owner alone may read it. Removed where it fails.
    /// - Throws: `ReplicationError.damaged` for what is no such file; `StorageError` for this machine's disk.
    public static func expand(_ snapshot: String, to path: String) throws {
        do {
            try expand(FileStream(reading: snapshot), into: FileStream(writing: path))
        } catch {
            unlink(path)
            guard let error = error as? WireError else { throw error }
            throw ReplicationError(
                .damaged, "the snapshot cannot be read: \(error.message)",
                hint: "nothing was kept of it; try again")
        }
    }

    private static func compress(_ input: FileStream, into output: FileStream) throws {
        let threads = min(maximumThreads, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var compressor = try ZstdCompressor(level: level, threads: threads)
        repeat {
            let block = Array(try input.next())
            var compressed: [UInt8] = []
            try compressor.compress(block, into: &compressed, isLast: input.isAtEnd)
            try output.write(compressed)
        } while !input.isAtEnd
        try output.sync()
    }

    private static func expand(_ input: FileStream, into output: FileStream) throws {
        let limit = input.sizeBytes * maximumExpansion + FileStream.blockBytes
        var decompressor = try ZstdDecompressor(maximumExpandedBytes: limit)
        while !input.isAtEnd {
            let block = try input.next()
            var expanded: [UInt8] = []
            try decompressor.decompress(block, into: &expanded)
            try output.write(expanded)
        }
        guard decompressor.isComplete else { throw WireError(.cut, "it was cut short") }
    }
}

/// A file read or written from its beginning to its end.
private final class FileStream {
    static let blockBytes = 1 << 20

    let sizeBytes: Int
    private let path: String
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private var position = 0

    /// Of a file that does not change meanwhile.
    init(reading path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else { throw Self.failure(path, errno) }
        sizeBytes = Int(facts.st_size)
        buffer = .allocate(byteCount: Self.blockBytes, alignment: 16)
    }

    init(writing path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor < 0 { throw Self.failure(path, errno) }
        sizeBytes = 0
        buffer = .allocate(byteCount: 0, alignment: 16)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    var isAtEnd: Bool { position == sizeBytes }

    /// The next block, valid until the one after it.
    func next() throws -> UnsafeRawBufferPointer {
        let wanted = min(buffer.count, sizeBytes - position)
        var filled = 0
        while filled < wanted {
            let count = read(descriptor, buffer.baseAddress! + filled, wanted - filled)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path, count < 0 ? errno : EIO) }
            filled += count
        }
        position += filled
        return UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let done = Glibc.write(descriptor, start, rest.count)
                if done < 0, errno == EINTR { continue }
                guard done > 0 else { throw Self.failure(path, done < 0 ? errno : ENOSPC) }
                rest = rest.dropFirst(done)
            }
        }
    }

    func sync() throws { if fsync(descriptor) != 0 { throw Self.failure(path, errno) } }

    static func failure(_ path: String, _ code: Int32) -> StorageError {
        let reason = String(cString: strerror(code))
        return code == ENOSPC || code == EDQUOT
            ? StorageError(.diskFull, "there is no room for \(path)", hint: "make room, and try again")
            : StorageError(
                .inputOutput, "the file cannot be used: \(path): \(reason)", hint: "check the disk")
    }
}
