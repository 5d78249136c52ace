internal import Glibc
internal import QuipuFiles

/// The destination of a command's output.
///
/// A regular file appears under its name whole or not at all, in the place of one that is there, with that one's
/// permissions and owner. What a link leads to is replaced, not the link. Pipes, devices and open descriptors
/// (`/dev/fd/3`) are written to. Nothing is left of a file that was not finished, also where a signal ends the process.
public final class OutputFile {
    /// As it was given.
    public let path: String
    public private(set) var sizeBytes: UInt64 = 0
    private var descriptor: Int32
    private let place: OutputPlace
    /// The file in the making where it has a name; elsewhere it gets one only when it is whole.
    private var transient: TransientFile?
    private let syncsFolder: Bool

    /// Opens it. The opening of a named pipe waits for its reader.
    ///
    /// - Parameters:
    ///   - permissions: of a new file, less those that the process withholds.
    ///   - syncsFolder: whether its name, too, is on the disk when it is finished; its content is.
    /// - Throws: `StorageError`: `fileExists` for a folder, `readOnly`, `diskFull`.
    public init(path: String, permissions: UInt32 = 0o666, syncsFolder: Bool = true) throws(StorageError) {
        self.path = path
        self.syncsFolder = syncsFolder
        place = try OutputPlace.resolve(path)
        var code: Int32 = 0
        switch place {
        case .descriptor(let number):
            descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0)
            code = errno
        case .special(let name):
            descriptor = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            code = errno
        case .file(let target, let existing):
            // Who may not write a file may not replace it either, whatever the folder allows.
            if existing != nil, access(target, W_OK) != 0 { throw .file(path, "cannot be written", errno) }
            let mode = mode_t(existing == nil ? permissions : 0o600)
            descriptor = Self.unnamed(in: OutputPlace.folder(of: target), mode)
            if descriptor < 0 {
                let file = TransientFile(beside: target)
                descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
                code = errno
                if descriptor >= 0 { transient = file }
            }
        }
        if descriptor < 0 { throw .file(path, "cannot be written", code) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether a path leads to standard output, by whatever name: `-`, `/dev/stdout`, a link to it.
    public static func isStandardOutput(_ path: String) -> Bool {
        if path == "-" { return true }
        guard case .descriptor(STDOUT_FILENO)? = try? OutputPlace.resolve(path) else { return false }
        return true
    }

    /// Whether a path leads to something that is written to rather than replaced.
    public static func isSpecial(_ path: String) -> Bool {
        guard let place = try? OutputPlace.resolve(path) else { return false }
        if case .file = place { return false }
        return true
    }

    /// - Throws: `StorageError`: `diskFull`, `readOnly` where a pipe's reader has gone.
    public func write(_ bytes: [UInt8]) throws(StorageError) {
        let code = bytes.withUnsafeBytes { Self.write($0, to: descriptor) }
        if code != 0 { throw .file(path, "cannot be written", code) }
        sizeBytes += UInt64(bytes.count)
    }

    /// Puts the file in its place. Nothing may be written after.
    public func finish() throws(StorageError) {
        guard case .file(let target, let existing) = place else {
            defer { descriptor = -1 }
            guard close(descriptor) == 0 else { throw .file(path, "cannot be written", errno) }
            return
        }
        if let existing { Self.give(descriptor, the: existing) }
        if fsync(descriptor) != 0 { throw .file(path, "cannot be written", errno) }
        let file = transient ?? TransientFile(beside: target)
        if transient == nil {
            let named = linkat(
                AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, file.path, AT_SYMLINK_FOLLOW)
            guard named == 0 else { throw .file(path, "cannot be written", errno) }
        }
        guard file.move(to: target) else { throw .file(path, "cannot be written", errno) }
        if syncsFolder { SyncedFolder.sync(above: target) }
    }

    /// A file without a name goes with the last descriptor, however the process ends. Not every file system has such.
    private static func unnamed(in folder: String, _ mode: mode_t) -> Int32 {
        // O_TMPFILE, which the overlay of Glibc lacks.
        let withoutName: Int32 = 0o20_000_000 | O_DIRECTORY
        let descriptor = open(folder, withoutName | O_WRONLY | O_CLOEXEC, mode)
        guard descriptor >= 0 else { return -1 }
        // What cannot be given a name later is of no use.
        if access("/proc/self/fd/\(descriptor)", F_OK) == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    /// The permissions and the owner of the file that was there, as far as the process may give them.
    static func give(_ descriptor: Int32, the existing: FileFacts) {
        var mode = existing.mode & 0o7777
        guard let facts = FileFacts(descriptor) else { return }
        if facts.owner != existing.owner || facts.group != existing.group,
            fchown(descriptor, existing.owner, existing.group) != 0
        {
            mode &= 0o777
            // Another group gets the group's permissions only if all users have them.
            if facts.group != existing.group, fchown(descriptor, uid_t.max, existing.group) != 0 {
                mode &= ~0o070 | (mode & 0o007) << 3
            }
        }
        fchmod(descriptor, mode)
    }

    /// - Returns: 0, or what `errno` says.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Another process made the pipe non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
