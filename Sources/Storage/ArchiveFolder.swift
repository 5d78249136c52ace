internal import Glibc

/// Where an archive lives: a folder `.quipu` with its two databases, as git has `.git`.
public struct ArchiveFolder: Sendable, Equatable {
    public static let name = ".quipu"

    /// The path of the `.quipu` folder itself.
    public let path: String

    public var storePath: String { path + "/archive.sqlite" }
    public var localPath: String { path + "/local.sqlite" }
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
    public static func prepare(in folder: String) throws(StorageError) -> ArchiveFolder {
        try makeFolder(folder)
        let place = ArchiveFolder(path: absolute(folder) + "/" + name)
        try makeFolder(place.path)
        return place
    }

    /// Where a file lies.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func makeFolder(_ path: String) throws(StorageError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        }
        let reason = String(cString: strerror(errno))
        throw StorageError(
            errno == ENOSPC ? .diskFull : .readOnly, "the folder cannot be made: \(path): \(reason)",
            hint: "choose a folder that you may write")
    }
}
