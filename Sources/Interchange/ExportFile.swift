internal import Glibc

/// A file that appears under its name whole or not at all: written beside it, synced, renamed.
public final class ExportFile {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32

    /// - Throws: `InterchangeError.unwritable`.
    public init(path: String) throws(InterchangeError) {
        self.path = path
        temporaryPath = "\(path).\(getpid()).partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Self.failure(path) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    public func write(_ bytes: [UInt8]) throws(InterchangeError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(path)
            }
            done += count
        }
    }

    /// Puts the file in its place.
    public func finish() throws(InterchangeError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        // Closed even where that fails: a second time it could be another's.
        defer { descriptor = -1 }
        guard close(descriptor) == 0 else { throw Self.failure(path) }
        if rename(temporaryPath, path) != 0 { throw Self.failure(path) }
    }

    /// Makes the folders above a file.
    public static func makeFolders(above path: String) throws(InterchangeError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if access(folder, F_OK) == 0 { return }
        try makeFolders(above: folder)
        if mkdir(folder, 0o755) != 0, errno != EEXIST { throw failure(folder) }
    }

    private static func failure(_ path: String) -> InterchangeError {
        InterchangeError(
            code: .unwritable, operation: "write", path: path, message: String(cString: strerror(errno)),
            hint: "Choose a place that you may write, with room enough.")
    }
}
