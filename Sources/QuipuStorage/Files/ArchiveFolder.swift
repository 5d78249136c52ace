internal import Glibc
internal import QuipuCausality
internal import QuipuFiles

/// The folder of an archive: `.quipu` with its databases, as git has `.git`.
public struct ArchiveFolder: Sendable, Equatable {
    public static let name = ".quipu"

    /// The path of the `.quipu` folder itself.
    public let path: String

    public var storePath: String { path + "/archive.sqlite" }
    public var localPath: String { personalPath("local", suffix: ".sqlite") }
    /// What this machine follows beyond mirrors: feeds.
    public var feedsPath: String { personalPath("feeds", suffix: ".json") }
    /// The index made from `storePath` to find records; it can be rebuilt.
    var indexPath: String { path + "/index.sqlite" }
    public var blobsPath: String { path + "/blobs" }
    /// Compressed copies for those who make a mirror of it.
    public var snapshotsPath: String { path + "/snapshots" }

    /// The folder that people call the archive: the one that contains `.quipu`.
    public var workPath: String {
        path.hasSuffix("/" + Self.name) ? String(path.dropLast(Self.name.utf8.count + 1)) : path
    }

    public init(path: String) { self.path = path }

    /// The archive in a folder: the folder is one, or contains one.
    public static func at(_ folder: String) -> ArchiveFolder? {
        for candidate in [folder + "/" + name, folder] where exists(candidate + "/archive.sqlite") {
            return ArchiveFolder(path: absolute(candidate))
        }
        return nil
    }

    /// The nearest archive at a folder or above it.
    public static func nearest(from start: String) -> ArchiveFolder? {
        var folder = absolute(start)
        while true {
            let candidate = folder == "/" ? "/" + name : folder + "/" + name
            if exists(candidate + "/archive.sqlite") { return ArchiveFolder(path: candidate) }
            guard folder != "/", let slash = folder.lastIndex(of: "/") else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    /// The place for a new archive in a folder, both made if need be.
    ///
    /// - Parameter isShared: a group uses it. What is there already stays as it is.
    @discardableResult
    public static func prepare(in folder: String, isShared: Bool = false) throws(StorageError)
        -> ArchiveFolder
    {
        let isNew = !exists(folder)
        try makeFolder(folder)
        if isShared, isNew { chmod(folder, 0o2770) }
        let place = ArchiveFolder(path: absolute(folder) + "/" + name)
        guard make(place.path, in: absolute(folder), isShared: isShared) else { throw unmakeable(place.path) }
        return place
    }

    /// Where a file lies.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Whether both are one archive on the disk, by whatever paths.
    public func isSame(as other: ArchiveFolder) -> Bool {
        guard let own = Self.file(storePath), let theirs = Self.file(other.storePath) else { return false }
        return own == theirs
    }

    /// What tells the archive's file from all others of this machine, and nothing about it; nil where there is none.
    public var fileMark: String? {
        guard let (device, number) = Self.file(storePath) else { return nil }
        let boot = SmallFile.text("/proc/sys/kernel/random/boot_id", maximumBytes: 64) ?? ""
        let hash = BLAKE2b.hash16(Array("quipu file \(device) \(number) \(boot)".utf8))
        return Hexadecimal.text(withUnsafeBytes(of: hash.bigEndian) { Array($0.prefix(8)) })
    }

    private static func file(_ path: String) -> (device: UInt64, number: UInt64)? {
        FileFacts(path).map { ($0.device, $0.inode) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func makeFolder(_ path: String) throws(StorageError) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        }
        throw unmakeable(path)
    }

    private static func unmakeable(_ path: String) -> StorageError {
        let reason = String(cString: strerror(errno))
        return StorageError(
            errno == ENOSPC ? .diskFull : .readOnly, "the folder cannot be made: \(path): \(reason)",
            hint: "choose a writable folder")
    }
}

/// The valid names of archives and remotes.
enum ArchiveName {
    /// Whether a name is `[a-z0-9][a-z0-9_-]{0,63}`.
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = bytes.first, isPlain(first), bytes.count <= 64 else { return false }
        return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
