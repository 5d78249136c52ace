internal import CQuipuLinux
internal import Glibc

/// What the system says of a file: the one place that asks `stat`.
package struct FileFacts: Sendable, Equatable {
    package let device: UInt64
    package let inode: UInt64
    package let sizeBytes: UInt64
    /// Type and permissions, as `st_mode` has them.
    package let mode: UInt32
    package let owner: UInt32
    package let group: UInt32
    package let modifiedSeconds: Int64
    package let modifiedNanoseconds: Int64

    /// Nil, with `errno` set, where there is none or it may not be looked at.
    /// - Parameter followsLinks: of a link, whether that to which it leads is meant.
    package init?(_ path: String, followsLinks: Bool = true) {
        var found = stat()
        guard (followsLinks ? stat(path, &found) : lstat(path, &found)) == 0 else { return nil }
        self.init(found)
    }

    /// Of a file that is open.
    package init?(_ descriptor: Int32) {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { return nil }
        self.init(found)
    }

    /// Of an entry of a folder that is open; of a link, the link itself is meant.
    package init?(_ name: [UInt8], in folder: Int32) {
        var found = stat()
        let path = name.map(CChar.init(bitPattern:)) + [0]
        guard fstatat(folder, path, &found, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        self.init(found)
    }

    private init(_ found: stat) {
        device = UInt64(found.st_dev)
        inode = UInt64(found.st_ino)
        sizeBytes = UInt64(max(0, found.st_size))
        mode = found.st_mode
        owner = found.st_uid
        group = found.st_gid
        modifiedSeconds = Int64(found.st_mtim.tv_sec)
        modifiedNanoseconds = Int64(found.st_mtim.tv_nsec)
    }

    package var isRegular: Bool { mode & S_IFMT == S_IFREG }
    package var isFolder: Bool { mode & S_IFMT == S_IFDIR }
    package var isLink: Bool { mode & S_IFMT == S_IFLNK }
}
