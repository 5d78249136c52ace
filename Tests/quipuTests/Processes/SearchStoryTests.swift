import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// People search as they type, and type what they like.
    struct SearchStoryTests {
        private static func archive(in place: TemporaryFolder) throws -> Machine {
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", try place.write(SampleCollection.text, to: "collection.txt"))
            return ana
        }

        @Test
        func `a word without its accent finds the articles that write it with one`() throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            let written = try ana.articles.filter { $0["fields"]?["body"]?.string?.contains("Lenín") == true }
            let found = try ana.quipu("search", "lenin", "--json").lines
            #expect(!written.isEmpty)
            #expect(
                Set(found.compactMap { $0["id"]?.string }) == Set(written.compactMap { $0["id"]?.string }))
            #expect(found.allSatisfy { $0["snippet"]?.string?.contains("Lenín") == true })
        }

        @Test
        func `a query full of syntax is not an error`() throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            for query in [
                #"'" OR NEAR("#, "'; DROP TABLE record; --", "title:x", "a AND", "NOT", "col : x",
                "NEAR(a b, 3)",
                "\"a", "a*b^c", "𐐷",
            ] {
                try ana.quipu("search", "--", query)
            }
            #expect(try ana.articleCount == 17)
        }

        @Test
        func `a query without a word finds nothing and is not an error`() throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            for query in ["\"", "* * *", "^", "(((((", "-", "{}[]:*", "\\", "\u{1}\u{7f}", "🏳️‍🌈", " ", ""] {
                let outcome = try ana.run(["search", "--json", "--", query])
                #expect(outcome.exitCode == 0 && outcome.output.isEmpty, "\(outcome)")
            }
        }

        @Test
        func `a saved search reaches the other machine and finds what is there`() throws {
            let office = try Office()
            try office.ana.quipu(
                "import", try office.place.write(SampleCollection.text, to: "collection.txt"))
            try office.ana.quipu("search", "lenin OR workers", "-title:train", "--save", "North")
            try office.syncAll()
            let atAna = try office.ana.quipu("list", "in:North", "--sort", "title", "--json").lines
            let atBen = try office.ben.quipu("list", "in:North", "--sort", "title", "--json").lines
            #expect(!atAna.isEmpty && atAna.map { $0["id"] } == atBen.map { $0["id"] })
            let id = try #require(atBen.first?["id"]?.string)
            try office.ben.quipu("tag", id, "+seen")
            let seen = try office.ben.quipu("list", "in:north", "tag:seen", "by:ben", "--count").output
            #expect(seen == "1\n")
            try office.syncAll()
            #expect(try office.ana.quipu("list", "by:ben", "--json").lines.map { $0["id"]?.string } == [id])
        }
    }
}
