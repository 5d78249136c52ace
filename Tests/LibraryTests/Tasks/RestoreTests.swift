import Foundation
import Quipu
import Testing

@Suite struct RestoreTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press { $0.title = "Water" }
    }

    private func code(_ body: () throws -> Void) -> QuipuError.Code? {
        #expect(throws: QuipuError.self) { try body() }?.code
    }

    @Test
    func
        `a backup is restored with its attachments as an archive without remotes that writes under its own name`()
        throws
    {
        let attachment = try archive.attach(Array("High water".utf8), named: "note.txt", to: id)
        let file = folder.path + "/press.quipu"
        try archive.backUp(to: file)
        let restored = try Archive.restore(backup: file, to: folder.path + "/again", as: "Ben Okoye")
        #expect(restored.identifier == archive.identifier && restored.author == "Ben Okoye")
        #expect(try restored.verify().digest == archive.verify().digest)
        #expect(try restored.remotes().isEmpty)
        #expect(try restored.replica() != archive.replica())
        var bytes: [UInt8] = []
        try restored.readAttachment(attachment) { bytes += $0 }
        #expect(bytes == Array("High water".utf8))
        try restored.write { t in try t.edit(id) { $0.title = "High water" } }
        #expect(try restored.sync(with: .at(archive.path)).isInSync)
    }

    @Test func `what is no backup is not restored, and a backup is not cloned`() async throws {
        let file = folder.path + "/press.quipu"
        try await archive.backUp(to: file)
        let (path, other) = (folder.path + "/again", folder.path + "/notes.txt")
        try "notes".write(toFile: other, atomically: true, encoding: .utf8)
        #expect(code { _ = try Archive.restore(backup: "/nowhere", to: path, as: "Ana Ruiz") } == .noSuchFile)
        #expect(code { _ = try Archive.restore(backup: other, to: path, as: "Ana Ruiz") } == .notAnArchive)
        #expect(code { _ = try Archive.restore(backup: "", to: path, as: "Ana Ruiz") } == .badName)
        #expect(
            code { _ = try Archive.restore(backup: file, to: archive.path, as: "Ana Ruiz") } == .archiveExists
        )
        let error = await #expect(throws: QuipuError.self) {
            try await Archive.clone(file, to: path, as: "Ana Ruiz")
        }
        #expect(
            error?.code == .notAnArchive && error?.hint == "if it is a backup, restore it", "\(error as Any)")
        #expect(!FileManager.default.fileExists(atPath: path + "/.quipu"))
        _ = try await Archive.restore(backup: file, to: path, as: "Ana Ruiz")
    }

    @Test func `a clone with a limit of bytes is refused, since it takes everything`() async throws {
        var options = SyncOptions()
        options.maximumBytes = 1_000_000
        let (path, limited) = (folder.path + "/field", options)
        let error = await #expect(throws: QuipuError.self) {
            try await Archive.clone(archive.path, to: path, as: "Ben Okoye", options: limited)
        }
        #expect(error?.code == .badOption)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
