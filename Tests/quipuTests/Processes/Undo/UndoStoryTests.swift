import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// People take back what commands did.
    struct UndoStoryTests {
        /// The name of the last entry whose words begin so.
        private func entry(_ words: String, at machine: Machine) throws -> String {
            let found = try machine.log.first { $0["words"]?.string?.hasPrefix(words) == true }
            return try #require(found?["version"]?.string)
        }

        private func sample(_ office: Office) throws -> String {
            try office.place.write(SampleCollection.text, to: "collection.txt")
        }

        @Test
        func `two mirrors import the same file, both undo it, and agree without a conflict`() throws {
            let office = try Office()
            let file = try sample(office)
            for machine in [office.ana, office.ben] { try machine.quipu("import", file) }
            try office.syncAll()
            let count = try office.ana.articleCount
            #expect(count > 0)
            let told = try office.ana.quipu("undo")
            #expect(told.errors.contains("ben made the same"))
            try office.ben.quipu("undo")
            try office.syncAll()
            for machine in [office.ana, office.ben] {
                #expect(try machine.articleCount == 0)
                #expect(try machine.conflicts().isEmpty)
                try machine.expectUndamaged()
            }
            #expect(try office.ana.digest == office.ben.digest)
            // The same file again is no news; a person may say that it is.
            let again = try office.ana.json("import", file)
            #expect(again["stayedDeleted"]?.integer ?? 0 >= count && again["created"]?.integer == 0)
            let restored = try office.ana.json("import", "--restore", file)
            #expect(restored["restored"]?.integer == count)
            #expect(try office.ana.articleCount == count)
        }

        @Test
        func `an import is one entry of the log, named after its file and without the folder`() throws {
            let office = try Office()
            try office.ana.quipu("import", try sample(office))
            let log = try office.ana.log
            #expect(log.map { $0["words"]?.string } == ["import collection.txt"])
            #expect(log[0]["byProgram"]?.bool == true && log[0]["role"]?.string == "command")
            #expect(try office.ana.quipu("log").output.contains("import collection.txt: "))
        }

        @Test
        func `undo leaves and names what others have changed since, and its exit code says so`() throws {
            let office = try Office()
            try office.ana.quipu("import", try sample(office))
            try office.syncAll()
            let id = try #require(try office.ben.articles.first?["id"]?.string)
            try office.ben.quipu("set", id, "title=Ben keeps this")
            try office.syncAll()
            let preview = try office.ana.json("undo", "--dry-run", exit: 1)
            #expect(preview["version"] == .null)
            let count = try office.ana.articleCount
            let told = try office.ana.quipu("undo", exit: 1)
            #expect(told.errors.contains("Ben keeps this") && told.errors.contains("ben"))
            #expect(count > 1)
            #expect(try office.ana.articles.map { $0["id"]?.string } == [id])
        }

        @Test
        func `set, tag, annotate, delete and restore are undone and redone one after the other`() throws {
            let office = try Office()
            let ana = office.ana
            let id = try #require(
                try ana.json("add", "article", "title=Water", "body=The river rose.")["id"]?.string)
            try ana.quipu("set", id, "title=High water")
            try ana.quipu("tag", id, "+river")
            try ana.quipu("annotate", id, "--quote", "river", "--note", "Which one?")
            try ana.quipu("delete", id)
            try ana.quipu("undo")
            #expect(try ana.json("show", id)["deleted"]?.bool != true)
            func remarks() throws -> Int {
                try ana.quipu("list", "--kind", "annotation", "--json").lines.count
            }
            #expect(try remarks() == 1)
            try ana.quipu("undo")
            #expect(try remarks() == 0)
            try ana.quipu("undo")
            #expect(try ana.json("show", id)["tags"] == .array([]))
            try ana.quipu("undo")
            #expect(try ana.field("title", of: id) == "Water")
            for _ in 0..<3 { try ana.quipu("redo") }
            #expect(try ana.field("title", of: id) == "High water")
            #expect(try remarks() == 1)
            try ana.quipu("redo")
            #expect(try ana.refusal("redo").error == "nothing-to-redo")
            try ana.quipu("restore", id)
            try ana.quipu("undo")
            #expect(try ana.articles.isEmpty)
            try ana.expectUndamaged()
        }

        @Test
        func `the undo of a resolution opens the conflict again, and undoing that settles it`() throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("set", id, "title=What Ana calls it")
            try office.ben.quipu("set", id, "title=What Ben calls it")
            try office.syncAll()
            try office.ana.quipu("resolve", id, "title", "--take", "1")
            #expect(try office.ana.conflicts().isEmpty)
            try office.syncAll()
            // Ben names the entry.
            try office.ben.quipu("undo", try entry("resolve", at: office.ben))
            try office.syncAll()
            for machine in [office.ana, office.ben] {
                let conflict = try #require(try machine.conflicts().first)
                #expect(conflict["current"]?["value"]?.string == "What Ben calls it")
                #expect(conflict["others"]?[0]?["value"]?.string == "What Ana calls it")
            }
            try office.ben.quipu("redo")
            try office.syncAll()
            for machine in [office.ana, office.ben] {
                #expect(try machine.conflicts().isEmpty)
                #expect(try machine.field("title", of: id) == "What Ana calls it")
                try machine.expectUndamaged()
            }
        }

        @Test
        func `a purge cannot be undone, and nothing is written`() throws {
            let office = try Office()
            let id = try office.ana.add(title: "Water")
            try office.ana.quipu("delete", id)
            try office.ana.quipu("purge", id, "--yes")
            let digest = try office.ana.digest
            #expect(try office.ana.refusal("undo").error == "purged")
            #expect(try office.ana.digest == digest)
        }

        @Test
        func `undo reports that there is nothing to undo, or that an entry is unknown`() throws {
            let office = try Office()
            #expect(try office.ana.refusal("undo").error == "nothing-to-undo")
            #expect(try office.ana.refusal("undo", "nonsense").error == "unknown-version")
            #expect(try office.ana.refusal("undo", "00000000:1").error == "unknown-version")
        }

        @Test
        func `sync lists the changes that arrived, and log filters by author, record and time`() throws {
            let office = try Office(articles: ["Town library lends seeds", "Water"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("tag", id, "+river")
            try office.ana.quipu("sync")
            let told = try office.ben.quipu("sync").output
            #expect(told.contains("ana") && told.contains("tag +river") && told.contains("Town library"))
            try office.ben.quipu("set", id, "title=Seeds")
            func words(_ options: String...) throws -> [String?] {
                try office.ben.run(["log", "--json"] + options).lines.map { $0["words"]?.string }
            }
            #expect(try words("--by", "ben") == ["set title"])
            #expect(try words("--since", "last-sync") == ["set title"])
            #expect(try words("--record", id).prefix(2) == ["set title", "tag +river"])
            #expect(try words("--since", "2100-01-01").isEmpty)
            #expect(try office.ben.refusal("log", "--since", "soon", exit: 2).error == "usage")
        }

        @Test
        func `why shows every version, the rule, and what a mirror does not have`() throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            func rule(_ machine: Machine) throws -> String? {
                try machine.json("why", id, "title")["rule"]?.string
            }
            #expect(try rule(office.ana) == "onlyOne")
            try office.ana.quipu("set", id, "title=What Ana calls it")
            try office.ben.quipu("set", id, "title=What Ben calls it")
            try office.syncAll()
            #expect(try rule(office.ana) == "latest")
            let text = try office.ana.quipu("why", id, "title").output
            #expect(text.contains("set title") && text.contains("the other one is kept"))
            try office.ana.quipu("resolve", id, "title", "--take", "1")
            let story = try office.ana.json("why", id, "title")
            #expect(story["rule"]?.string == "settled" && story["settledBy"]?.string == "ana")
            let versions = story["versions"]
            #expect(
                versions?[3]?["shown"]?.bool == true && versions?[3]?["unknownTo"]?[0]?.string == "origin")
            #expect(versions?[0]?["replacedBy"] == versions?[1]?["version"])
            #expect(try office.ana.refusal("why", id, "colour").error == "unknown-field")
        }
    }
}
