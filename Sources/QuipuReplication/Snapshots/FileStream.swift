internal import CQuipuLinux
internal import Glibc
internal import QuipuFiles
internal import QuipuStorage

/// A file that is read or written sequentially.
final class FileStream {
    static let blockBytes = 1 << 20
    private static let submittedBytes = 8 << 20

    let sizeBytes: Int
    private let path: String
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var position = 0
    /// The position up to which the kernel was asked to start writing back.
    private var submitted = 0

    /// Opens a file that does not change while it is read, or only grows.
    init(reading path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let facts = FileFacts(descriptor) else { throw Self.failure(path, errno) }
        sizeBytes = Int(facts.sizeBytes)
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

    /// Whether all bytes that the file had when it was opened have been read.
    var isAtEnd: Bool { position == sizeBytes }

    func next() throws -> UnsafeRawBufferPointer { try next(upTo: sizeBytes) }

    /// The next block, valid until the one after it.
    /// - Parameter end: the position up to which the file has been written.
    func next(upTo end: Int) throws -> UnsafeRawBufferPointer {
        let wanted = min(buffer.count, end - position)
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

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            let done = Glibc.write(descriptor, start, rest.count)
            if done < 0, errno == EINTR { continue }
            guard done > 0 else { throw Self.failure(path, done < 0 ? errno : ENOSPC) }
            rest = rest.dropFirst(done)
        }
        position += bytes.count
        // Start writing back now, so that the final sync takes less time.
        if position - submitted >= Self.submittedBytes {
            _ = quipu_begin_writing(descriptor, Int64(submitted), Int64(position - submitted))
            submitted = position
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
