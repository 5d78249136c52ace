import CanonicalJSON
import Foundation
import Support
import Testing

extension Processes {
    /// Somebody copies the folder of an archive, or puts an old copy back, and goes on writing under a name that
    /// is taken. Nothing is lost, and what the error says to do brings all of it together.
    struct CopiedFolderTests {
        /// Two folders that wrote under one name.
        private static func copies(in place: TemporaryFolder) throws -> (
            first: Machine, second: Machine, id: String
        ) {
            let first = try Machine("ana", in: place)
            try first.quipu("init", "--name", "press")
            let id = try first.add(title: "The bridge opens")
            let second = Machine("ben", at: place.path(of: "ben"))
            try FileManager.default.copyItem(atPath: first.folder, toPath: second.folder)
            try first.quipu("set", id, "title=The bridge is late")
            _ = try first.add(title: "Only in the first")
            try second.quipu("set", id, "title=The bridge is closed")
            _ = try second.add(title: "Only in the second")
            return (first, second, id)
        }

        @Test
        func `it is noticed at the first meeting and neither is changed`() throws {
            let place = try TemporaryFolder()
            let (first, second, _) = try Self.copies(in: place)
            let before = [try first.digest, try second.digest]
            #expect(try first.refusal("sync", second.folder).error == "diverged")
            #expect(try second.refusal("sync", first.folder).error == "diverged")
            #expect([try first.digest, try second.digest] == before)
            for machine in [first, second] { try machine.expectUndamaged() }
        }

        @Test
        func `an export of one imported into a fresh clone of the other has all of it`() throws {
            let place = try TemporaryFolder()
            let (first, second, id) = try Self.copies(in: place)
            let fresh = try Machine("caro", in: place)
            try fresh.quipu("clone", first.folder, ".")
            try second.quipu("export", "-o", place.path(of: "second.jsonl"))
            try fresh.quipu("import", place.path(of: "second.jsonl"))

            let titles = try fresh.articles.compactMap { $0["fields"]?["title"]?.string }
            #expect(Set(titles) == ["The bridge is late", "Only in the first", "Only in the second"])
            let conflicts = try fresh.conflicts()
            #expect(conflicts.map { $0["id"]?.string } == [id])
            #expect(conflicts[0]["others"]?[0]?["value"]?.string == "The bridge is closed")
            try fresh.sync(exit: 3)
            try expectSame(first, fresh)
        }

        @Test
        func `a folder put back to an older state is noticed by its server`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let backup = office.place.path(of: "backup")
            try FileManager.default.copyItem(atPath: office.ana.folder, toPath: backup)
            _ = try office.ana.add(title: "Fog in the harbour")
            try office.ana.sync()
            let again = Machine("ana", at: backup)

            // As long as nothing new was written there, it simply learns what it had forgotten.
            let copy = Machine("ana", at: office.place.path(of: "copy"))
            try FileManager.default.copyItem(atPath: backup, toPath: copy.folder)
            try copy.sync()
            #expect(try copy.articleCount == 2)

            _ = try again.add(title: "Written without that memory")
            let digest = try again.digest
            #expect(try again.refusal("sync").error == "diverged")
            #expect(try again.digest == digest)
            try office.ben.sync()
            #expect(try office.ben.articleCount == 2)
        }
    }
}
