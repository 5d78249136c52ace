import Foundation
import QuipuCausality
import QuipuStorage
import Support

/// A small archive, made once and copied for each input: what one input does the next does not see.
final class ArchiveImage: Sendable {
    let id: ArchiveID
    private let store: Data
    private let local: Data

    /// - Parameter fill: makes the archive's contents.
    init(seed: UInt64, id: ArchiveID? = nil, _ fill: (Store, FakeWorld) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let world = FakeWorld(seed: seed)
        let place = ArchiveFolder(path: folder.path(of: ArchiveFolder.name))
        // Closed at the end of this scope, so that all of it stands in the two files.
        self.id = try {
            let store = try Store.create(
                in: folder.path, id: id, name: "fuzzed", environment: world.environment())
            try fill(store, world)
            return store.id
        }()
        store = try Data(contentsOf: URL(fileURLWithPath: place.storePath))
        local = try Data(contentsOf: URL(fileURLWithPath: place.localPath))
    }

    /// Puts a copy into a folder that is there.
    func write(to folder: String) throws -> ArchiveFolder {
        let place = ArchiveFolder(path: folder + "/" + ArchiveFolder.name)
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        try store.write(to: URL(fileURLWithPath: place.storePath))
        try local.write(to: URL(fileURLWithPath: place.localPath))
        return place
    }
}

/// A copy of an image, open, in a folder of its own that goes with it.
final class OpenCopy {
    let store: Store
    private let folder: TemporaryFolder
    private let before: (position: Int64, digest: Digest, missingTexts: Int, branchStarts: Int)

    /// - Parameter clockOffsetMilliseconds: how far this machine's clock is off.
    init(of image: ArchiveImage, seed: UInt64 = 1, clockOffsetMilliseconds: Int64 = 0) throws {
        folder = try TemporaryFolder()
        store = try Store(
            opening: try image.write(to: folder.path),
            environment: FakeWorld(seed: seed).environment(offsetMilliseconds: clockOffsetMilliseconds))
        before = (
            try store.position, try store.digest, try store.texts.missingCount,
            try store.log.branchStarts.count
        )
    }

    /// Whether anything was written.
    var isChanged: Bool {
        get throws {
            try (store.position, store.digest, store.texts.missingCount, store.log.branchStarts.count)
                != before
        }
    }
}
