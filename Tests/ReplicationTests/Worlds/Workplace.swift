import Foundation
import QuipuStorage

/// Folders for the few replicas that are at work at a time, in memory where this machine has such a disk: what is
/// tested is not how long a disk takes.
final class Workplace {
    private let path: String

    init() throws {
        let shared = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: shared)
            ? shared : FileManager.default.temporaryDirectory.path
        path = "\(parent)/quipu-worlds-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A folder with nothing in it.
    func emptyRoom(_ number: Int) throws -> ArchiveFolder {
        let room = "\(path)/\(number)/\(ArchiveFolder.name)"
        try? FileManager.default.removeItem(atPath: room)
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
        return ArchiveFolder(path: room)
    }
}
