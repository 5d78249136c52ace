import Foundation
import Quipu

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/quipu-library-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension TemporaryFolder {
    /// A folder with the archive `press` of Ana Ruiz, in which there is one article.
    static func press(
        _ article: (inout Fields) -> Void
    ) throws -> (folder: TemporaryFolder, archive: Archive, id: RecordID) {
        let folder = try TemporaryFolder()
        let archive = try Archive.create(at: folder.path + "/press", named: "press", as: "Ana Ruiz")
        return (folder, archive, try archive.write { try $0.add(.article, article) })
    }
}
