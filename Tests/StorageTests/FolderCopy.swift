import Foundation
import Support

/// A database file kept aside, as a backup would, to be put back later.
struct FolderCopy {
    private let original: String
    private let kept: String

    init(of path: String, in folder: TemporaryFolder) throws {
        original = path
        kept = folder.path(of: "kept")
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
        for suffix in Self.suffixes where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: kept + "/file" + suffix)
        }
    }

    /// SQLite's own files beside the database belong to it.
    private static let suffixes = ["", "-wal", "-shm"]

    func putBack() throws {
        for suffix in Self.suffixes {
            try? FileManager.default.removeItem(atPath: original + suffix)
            if FileManager.default.fileExists(atPath: kept + "/file" + suffix) {
                try FileManager.default.copyItem(atPath: kept + "/file" + suffix, toPath: original + suffix)
            }
        }
    }
}
