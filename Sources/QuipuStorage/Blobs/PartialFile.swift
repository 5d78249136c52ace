internal import Glibc
public import QuipuCausality
internal import QuipuFiles

/// A file in the making: `NAME.partial`, which takes its name only when it is whole and on the disk. It outlives the
/// process that writes it, and the next one goes on where it ends. One writer at a time, across processes.
///
/// Beside it, `NAME.partial.tag` may hold a word about what it is a part of. A loss of power may lose the end of
/// what was not synced, so the code that completes it checks the whole.
public final class PartialFile {
    private static let suffix = ".partial"
    private static let maximumTagBytes = 256

    /// The name that it will have.
    public let path: String
    public private(set) var sizeBytes: UInt64
    let descriptor: Int32
    /// Where it is until then.
    public let partialPath: String
    private let permissions: UInt32
    /// Of the folder that it is made in; nil where it is the maker's own.
    private let rights: FolderRights?

    /// Opens the part that is there, or begins one.
    ///
    /// - Parameters:
    ///   - permissions: of the file, less those that the process withholds.
    /// - Throws: `StorageError`: `busy` while another writes it; `diskFull`, `readOnly`.
    public convenience init(for path: String, permissions: UInt32 = 0o600) throws(StorageError) {
        try self.init(for: path, in: nil, permissions: permissions, rights: nil)
    }

    /// - Parameter rights: of the archive's folder, which the file then follows.
    convenience init(for path: String, in folder: String, rights: FolderRights) throws(StorageError) {
        try self.init(for: path, in: folder, permissions: rights.fileMode, rights: rights)
    }

    private init(for path: String, in folder: String?, permissions: UInt32, rights: FolderRights?)
        throws(StorageError)
    {
        self.path = path
        self.permissions = permissions
        self.rights = rights
        let name = path.split(separator: "/").last.map(String.init) ?? path
        partialPath = (folder.map { $0 + "/" + name } ?? path) + Self.suffix
        (descriptor, sizeBytes) = try Self.open(partialPath, permissions: permissions)
        rights?.settle(descriptor)
    }

    deinit { close(descriptor) }

    /// What would be opened; 0 where there is nothing.
    static func size(of path: String, in folder: String) -> UInt64 {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return FileFacts(folder + "/" + name + suffix, followsLinks: false)?.sizeBytes ?? 0
    }

    /// Another process may remove or rename it between the opening and the lock; then it is opened again.
    private static func open(_ path: String, permissions: UInt32) throws(StorageError) -> (Int32, UInt64) {
        while true {
            let descriptor = Glibc.open(
                path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(permissions))
            guard descriptor >= 0 else { throw .file(path, "cannot be written", errno) }
            // A file system without locks has one user at a time.
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                close(descriptor)
                throw StorageError(
                    .busy, "another process is writing \(path)", hint: "try again when it has finished")
            }
            if let held = FileFacts(descriptor), let named = FileFacts(path, followsLinks: false),
                held.inode == named.inode
            {
                return (descriptor, held.sizeBytes)
            }
            close(descriptor)
        }
    }

    /// What it is a part of; nil where that is not known.
    public var tag: String? {
        SmallFile.text(partialPath + ".tag", maximumBytes: Self.maximumTagBytes).flatMap {
            $0.isEmpty ? nil : $0
        }
    }

    /// Starts again from an empty file.
    ///
    /// - Parameter tag: as in `note`.
    public func restart(tag: String?) throws(StorageError) {
        unlink(partialPath + ".tag")
        guard ftruncate(descriptor, 0) == 0 else { throw .file(partialPath, "cannot be written", errno) }
        sizeBytes = 0
        try note(tag: tag)
    }

    /// - Parameter tag: of what it is a part, at most 256 bytes; nil, or a longer one, leaves it unknown.
    public func note(tag: String?) throws(StorageError) {
        unlink(partialPath + ".tag")
        guard let tag, (1...Self.maximumTagBytes).contains(tag.utf8.count) else { return }
        let side = Glibc.open(
            partialPath + ".tag", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode_t(permissions))
        guard side >= 0 else { throw .file(partialPath, "cannot be written", errno) }
        defer { close(side) }
        rights?.settle(side)
        var text = tag
        let isWritten = text.withUTF8 { write(side, $0.baseAddress, $0.count) == $0.count }
        guard isWritten, fsync(side) == 0 else { throw .file(partialPath, "cannot be written", errno) }
    }

    /// What the disk took before an error is part of it.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = pwrite(descriptor, part.baseAddress, part.count, off_t(sizeBytes))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(partialPath, "cannot be written", count < 0 ? errno : ENOSPC) }
            sizeBytes += UInt64(count)
            rest = rest.dropFirst(count)
        }
    }

    /// What it holds survives a loss of power from here on.
    public func sync() throws(StorageError) {
        guard fdatasync(descriptor) == 0 else { throw .file(partialPath, "cannot be written", errno) }
    }

    /// Of all that it holds, read back.
    public func hash() throws(StorageError) -> BlobHash {
        try FileContent.hash(descriptor: descriptor, sizeBytes: sizeBytes, path: partialPath)
    }

    /// Gives it its name, on the disk; takes the place of a file of that name. Nothing may be written to it after.
    public func commit() throws(StorageError) { try commit(as: path) }

    /// Likewise, of one that finds its name only in the making.
    func commit(as path: String) throws(StorageError) {
        guard fsync(descriptor) == 0, rename(partialPath, path) == 0 else {
            throw .file(path, "cannot be written", errno)
        }
        unlink(partialPath + ".tag")
        SyncedFolder.sync(above: path)
    }

    /// Removes what there is of it.
    public func discard() {
        unlink(partialPath)
        unlink(partialPath + ".tag")
    }
}
