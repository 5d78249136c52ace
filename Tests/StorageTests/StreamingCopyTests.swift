import Foundation
import QuipuCausality
import QuipuEmbeddedSchema
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// A copy of an archive is checked while it is still being written.
@Suite struct StreamingCopyTests {
    private struct Scene {
        let folder: TemporaryFolder
        let group: Replicas
        let bytes: Data

        init(articles: Int = 200) throws {
            folder = try TemporaryFolder()
            group = try Replicas(1)
            for index in 0..<articles {
                let body = "\"\(String(repeating: "The river rose \(index). ", count: 100))\""
                let id = RecordID(rawValue: UInt128(index + 1))
                try group.add([("title", "\"Water\""), ("body", body)], id: id.rawValue, at: 0)
                try group.add(
                    [("target", "\"\(id.text)\""), ("text", "\"High\"")], kind: "note",
                    id: UInt128(index + 10_001), at: 0)
            }
            try group.add([("title", "\"High water\"")], id: 7, at: 0)
            let whole = folder.path(of: "whole.sqlite")
            try group[0].keeping.copyDatabase(to: whole, shownAs: whole)
            bytes = try Data(contentsOf: URL(filePath: whole))
        }

        /// Writes a copy piece by piece.
        func arrive(_ bytes: Data, as name: String) throws -> StreamingCopy {
            let path = folder.path(of: name)
            let copy = StreamingCopy(path, in: ArchiveFolder(path: folder.path(of: name + "-folder")))
            try Data().write(to: URL(filePath: path))
            let handle = try #require(FileHandle(forWritingAtPath: path))
            for start in stride(from: 0, to: bytes.count, by: 50_000) {
                handle.write(bytes[start..<min(start + 50_000, bytes.count)])
                copy.advance(to: min(start + 50_000, bytes.count))
            }
            try handle.close()
            return copy
        }

        func adopt(_ copy: StreamingCopy) throws -> Store {
            try Store.create(
                in: folder.path(of: "again"), adopting: copy, id: group[0].id, name: "press", remotes: [],
                environment: group.world.environment())
        }
    }

    @Test func `a copy that arrives in parts is verified and becomes an archive`() throws {
        let scene = try Scene()
        let copy = try scene.arrive(scene.bytes, as: "copy")
        #expect(copy.isFoundSound())
        let store = try scene.adopt(copy)
        #expect(try store.digest == scene.group[0].digest)
        #expect(try store.verify().damaged == [])
    }

    @Test func `a changed byte anywhere fails the check, and the copy is refused with the reason`() throws {
        let scene = try Scene()
        // A text, an index, a chain: whatever stands there.
        let text = try #require(scene.bytes.range(of: Data("The river rose 150".utf8))).lowerBound
        let name = try #require(scene.bytes.range(of: Data("CREATE TABLE record".utf8))).lowerBound
        for place in [text, name] {
            var changed = scene.bytes
            changed[place] ^= 1
            let copy = try scene.arrive(changed, as: "copy\(place)")
            #expect(!copy.isFoundSound())
            let error = #expect(throws: StorageError.self) { try scene.adopt(copy) }
            #expect([.damaged, .notAnArchive].contains(error?.code))
            #expect(!FileManager.default.fileExists(atPath: copy.path))
        }
    }

    /// What is not there would be read as damage: the file is said to be whole.
    @Test func `checking the first quarter of the log does not read the last part of the file`() throws {
        // So many that no index fits on its first page, which is at the beginning; so few that the
        // first page of the records names all others.
        let scene = try Scene(articles: 600)
        let path = scene.folder.path(of: "half")
        try scene.bytes.prefix(scene.bytes.count * 3 / 4).write(to: URL(filePath: path))
        let file = try StreamingVFS(path)
        file.advance(to: scene.bytes.count * 3 / 4)
        file.finish()
        let archive = try OpenArchive(
            over: Connection(file), in: ArchiveFolder(path: scene.folder.path),
            local: LocalState(emptyWith: Definitions.local), environment: scene.group.world.environment())
        var pass = try VerificationPass(archive, countsContent: false)
        try archive.reading {
            try pass.checkLog(after: 0, through: 300)
            #expect(pass.findings.damaged == [])
            // All but the two of the record that was changed later.
            #expect(pass.findings.checked == 598)
        }
        #expect(throws: (any Error).self) {
            try archive.reading { try pass.checkLog(after: 300, through: .max) }
        }
    }

    @Test func `an abandoned copy is not trusted and is checked when it is complete`() throws {
        let scene = try Scene()
        let copy = try scene.arrive(scene.bytes, as: "copy")
        copy.abandon()
        #expect(!copy.isFoundSound())
        #expect(try scene.adopt(copy).digest == scene.group[0].digest)
        var changed = scene.bytes
        changed[try #require(changed.range(of: Data("The river rose 150".utf8))).lowerBound] ^= 1
        let other = try scene.arrive(changed, as: "other")
        other.abandon()
        let error = #expect(throws: StorageError.self) {
            try Store.create(
                in: scene.folder.path(of: "third"), adopting: other, id: scene.group[0].id, name: "press",
                remotes: [])
        }
        #expect(error?.code == .damaged)
    }
}
