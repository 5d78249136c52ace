import Foundation
import QuipuCanonicalJSON
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
        func `two copies of a folder are merged at their first sync with nothing lost`() throws {
            let place = try TemporaryFolder()
            let (first, second, id) = try Self.copies(in: place)
            let report = try first.sync(second.folder, exit: 3)
            #expect(report["inSync"]?.bool == true)
            try expectSame(first, second)
            for machine in [first, second] {
                try machine.expectUndamaged()
                let titles = try machine.articles.compactMap { $0["fields"]?["title"]?.string }
                #expect(titles.count == 3)
                #expect(Set(titles).isSuperset(of: ["Only in the first", "Only in the second"]))
                let conflicts = try machine.conflicts()
                #expect(conflicts.map { $0["id"]?.string } == [id])
                let values = ["current", "others"].flatMap { name in
                    conflicts[0][name]?.array ?? [conflicts[0][name] ?? .null]
                }
                #expect(
                    Set(values.compactMap { $0["value"]?.string })
                        == ["The bridge is late", "The bridge is closed"])
            }
        }

        @Test
        func `two copies of a folder continue under their own names`() throws {
            let place = try TemporaryFolder()
            let (first, second, _) = try Self.copies(in: place)
            try first.sync(second.folder, exit: 3)
            _ = try first.add(title: "Later in the first")
            _ = try second.add(title: "Later in the second")
            #expect(try first.json("status")["replica"] != second.json("status")["replica"])
            try second.sync(first.folder, exit: 3)
            try expectSame(first, second)
            #expect(try first.articleCount == 5)
        }

        @Test
        func `copies that meet only through servers are told apart there`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let copy = Machine("copy", at: office.place.path(of: "copy"))
            try FileManager.default.copyItem(atPath: office.ana.folder, toPath: copy.folder)
            _ = try office.ana.add(title: "Only in the first")
            _ = try copy.add(title: "Only in the second")
            try office.ana.sync()
            try copy.sync()
            try office.ben.sync()
            try office.ana.sync()
            try expectSame(office.ana, copy)
            try expectSame(office.ana, office.ben)
            #expect(try office.ben.articleCount == 3)
        }

        @Test
        func `a folder restored to an older state is completed by its server`() throws {
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
            try again.sync()
            #expect(try again.articleCount == 3)
            try office.ben.sync()
            try expectSame(again, office.ben)
            try again.expectUndamaged()
        }
    }
}
