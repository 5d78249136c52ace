internal import Glibc

/// A file open for reading, to be sent as it is. It must neither change nor shrink while it is served. Closed when
/// nobody holds it any more.
public final class OpenFile: Sendable {
    public let sizeBytes: UInt64
    let descriptor: Int32

    /// Nil where there is no such file, or none that may be read.
    public convenience init?(path: String) {
        self.init(owned: open(path, O_RDONLY | O_CLOEXEC))
    }

    /// Of a file that somebody else has open and may close.
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
