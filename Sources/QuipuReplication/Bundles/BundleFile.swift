internal import Glibc
internal import QuipuFiles
internal import QuipuStorage

/// A file that a part of a bundle is read from.
final class BundleFile {
    let path: String
    let sizeBytes: Int
    private let descriptor: Int32

    /// - Throws: `StorageError`.
    init(reading path: String) throws {
        self.path = path
        // The opening of a named pipe would wait for its writer.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        guard let facts = FileFacts(descriptor), facts.isRegular else {
            close(descriptor)
            throw StorageError(
                .inputOutput, "this is not a file: \(path)", hint: "a bundle is read from a regular file")
        }
        sizeBytes = Int(clamping: facts.sizeBytes)
    }

    deinit { close(descriptor) }

    /// Fewer bytes than asked for at the file's end, and where the medium cannot be read: what is not there is damage like
    /// any other.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = 0
            while count < range.count, let start = buffer.baseAddress {
                let done = pread(
                    descriptor, start + count, range.count - count, off_t(range.lowerBound + count))
                if done < 0, errno == EINTR { continue }
                if done <= 0 { return }
                count += done
            }
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> StorageError {
        StorageError(
            .inputOutput, "the bundle cannot be read: \(path): \(String(cString: strerror(code)))",
            hint: "check its name, and whether the stick is mounted")
    }
}
