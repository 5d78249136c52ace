internal import Glibc

/// A file that is open for reading, to be sent as it is. It must neither change nor shrink while it is served. The
/// descriptor is closed with the last reference.
public final class OpenFile: Sendable {
    public let sizeBytes: UInt64
    let descriptor: Int32

    /// Nil if there is no such file, or it cannot be read.
    public convenience init?(path: String) {
        self.init(owned: open(path, O_RDONLY | O_CLOEXEC))
    }

    /// Duplicates a descriptor, which its owner may close.
    public convenience init?(duplicating descriptor: Int32) {
        self.init(owned: fcntl(descriptor, F_DUPFD_CLOEXEC, 0))
    }

    private init?(owned descriptor: Int32) {
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            if descriptor >= 0 { close(descriptor) }
            return nil
        }
        self.descriptor = descriptor
        sizeBytes = UInt64(facts.st_size)
    }

    deinit { close(descriptor) }
}
