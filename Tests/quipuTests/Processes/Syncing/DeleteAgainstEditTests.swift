import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// One deletes what the other edits meanwhile: the edit is listed and can be brought back.
    struct DeleteAgainstEditTests {
        /// Ana has deleted, Ben has edited, and both know it.
        private static func scene() throws -> (office: Office, id: String) {
            let office = try Office(articles: ["Canal falls by a third"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("delete", id)
            try office.ben.quipu("set", id, "title=Canal falls by half")
            try office.syncAll()
            return (office, id)
        }

        @Test
        func `an edit of a deleted record is listed on both machines with its author`() throws {
            let (office, id) = try Self.scene()
            for machine in [office.ana, office.ben] {
                let conflicts = try machine.conflicts()
                #expect(conflicts.count == 1)
                let conflict = try #require(conflicts.first)
                #expect(conflict["id"]?.string == id && conflict["deletion"]?.bool == true)
                #expect(conflict["current"]?["author"]?.string == "ana")
                #expect(conflict["others"]?[0]?["value"]?.string == "Canal falls by half")
                #expect(conflict["others"]?[0]?["author"]?.string == "ben")
                #expect(try machine.articles.isEmpty)
            }
        }

        @Test
        func `restoring the record keeps the edit everywhere`() throws {
            let (office, id) = try Self.scene()
            try office.ana.quipu("restore", id)
            try office.syncAll()
            for machine in [office.ana, office.ben] {
                #expect(try machine.conflicts().isEmpty)
                #expect(try machine.field("title", of: id) == "Canal falls by half")
                #expect(try machine.articles.count == 1)
            }
        }

        @Test
        func `deleting the record again confirms it everywhere, and the edit stays in the history`() throws {
            let (office, id) = try Self.scene()
            try office.ben.quipu("delete", id)
            try office.syncAll()
            for machine in [office.ana, office.ben] {
                #expect(try machine.conflicts().isEmpty)
                #expect(try machine.articles.isEmpty)
                #expect(
                    try machine.quipu("history", id, "--json").lines.contains {
                        $0["author"]?.string == "ben"
                    })
            }
        }

        @Test
        func `exit code 3 tells the last machine to sync about the conflict`() throws {
            let office = try Office(articles: ["Canal falls by a third"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("delete", id)
            try office.ben.quipu("set", id, "title=Canal falls by half")
            try office.ana.sync()
            #expect(try office.ben.sync(exit: 3)["conflicts"]?.integer == 1)
        }
    }
}
