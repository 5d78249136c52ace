import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What an undo leaves for those who go on from it.
    struct ReopenedConflictTests {
        @Test
        func `a conflict that an undo opens again is merged from what came before both edits`() throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let (ana, ben) = (office.ana, office.ben)
            let id = try #require(try ana.articles.first?["id"]?.string)
            try ana.quipu("set", id, "body=one two three four five six seven eight")
            try office.syncAll()
            try ana.quipu("set", id, "body=ONE two three four five six seven eight")
            try ben.quipu("set", id, "body=one two three four five six seven EIGHT")
            try office.syncAll()
            try ana.quipu("resolve", id, "body", "--take", "current")
            try ana.quipu("undo")
            let conflict = try #require(try ana.conflicts().first)
            #expect(conflict["ancestor"]?["value"]?.string == "one two three four five six seven eight")
            let shown = try ana.quipu("conflicts", exit: 3).output
            #expect(shown.contains("ben, brought back by ana"))
            try ana.quipu("resolve", id, "body", "--take", "merged")
            #expect(try ana.field("body", of: id) == "ONE two three four five six seven EIGHT")
            try ana.expectUndamaged()
        }

        @Test
        func `two imports of one file are undone one after the other, and then their collection is gone`()
            throws
        {
            let office = try Office()
            let ana = office.ana
            let file = try office.place.write(SampleCollection.text, to: "collection.txt")
            try ana.quipu("import", file)
            try ana.quipu("import", file, "--collection", "c1")
            try ana.quipu("undo")
            try ana.quipu("undo")
            #expect(try ana.articles.isEmpty)
            #expect(try ana.quipu("list", "--kind", "collection", "--json").lines.isEmpty)
        }

        @Test
        func `an entry that somebody else has undone is skipped by undo and marked in the log`() throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let (ana, ben) = (office.ana, office.ben)
            let id = try #require(try ana.articles.first?["id"]?.string)
            try ana.quipu("set", id, "title=First")
            try ana.quipu("set", id, "title=Second")
            try office.syncAll()
            let last = try #require(try ben.log.first?["version"]?.string)
            try ben.quipu("undo", last)
            try office.syncAll()
            #expect(try ana.quipu("log", "--record", id).output.contains("(undone)"))
            let preview = try ana.quipu("undo", "--dry-run")
            #expect(
                preview.errors.contains("nothing was written")
                    || preview.output.contains("nothing was written"))
            #expect(try ana.field("title", of: id) == "First")
            try ana.quipu("undo")
            #expect(try ana.field("title", of: id) == "Town library lends seeds")
        }
    }
}
