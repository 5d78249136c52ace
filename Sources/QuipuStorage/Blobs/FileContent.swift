internal import Glibc
internal import QuipuCausality

/// Reads a file that is open.
enum FileContent {
    private static let blockBytes = 256 << 10

    /// At most `count` bytes from `offset` on; fewer at the end.
    static func read(
        descriptor: Int32, at offset: UInt64, count: Int, path: String
    ) throws(StorageError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let done = pread(
                    descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset) + off_t(filled))
                if done < 0, errno == EINTR { continue }
                if done < 0 { failure = errno }
                if done <= 0 { break }
                filled += done
            }
        }
        guard failure == 0 else { throw .file(path, "cannot be read", failure) }
        return bytes
    }

    /// - Throws: where the file is shorter than `sizeBytes` too.
    static func hash(descriptor: Int32, sizeBytes: UInt64, path: String) throws(StorageError) -> BlobHash {
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < sizeBytes {
            let count = Int(min(UInt64(blockBytes), sizeBytes - offset))
            let block = try read(descriptor: descriptor, at: offset, count: count, path: path)
            guard block.count == count else { throw .file(path, "cannot be read", EIO) }
            block.withUnsafeBytes { hash.update($0) }
            offset += UInt64(count)
        }
        return hash.finish()
    }
}

extension StorageError {
    /// The error that the system reported for a file.
    /// A file that a person gave, which cannot be opened for reading.
    static func source(_ path: String, _ code: Int32) -> StorageError {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR:
            return StorageError(
                .noSuchFile, "there is no file \(path)",
                hint: "check the path, and the folder that it is relative to")
        case EACCES, EPERM, ELOOP:
            return StorageError(
                .unreadable, "the file cannot be read: \(path): \(reason)", hint: "check who may read it")
        default: return file(path, "cannot be read", code)
        }
    }

    static func file(_ path: String, _ what: String, _ code: Int32) -> StorageError {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOSPC, EDQUOT, EFBIG:
            return StorageError(
                .diskFull, "there is no room for \(path): \(reason)", hint: "make room, and try again")
        case EIO:
            return StorageError(
                .inputOutput, "the file \(what): \(path): \(reason)", hint: "check the disk")
        default:
            return StorageError(
                .readOnly, "the file \(what): \(path): \(reason)",
                hint: "check that it is there, and the permissions of its folder")
        }
    }
}
