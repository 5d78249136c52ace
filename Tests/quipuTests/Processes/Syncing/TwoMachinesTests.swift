import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Ana and Ben edit the same article while neither hears of the other.
    struct TwoMachinesTests {
        @Test
        func `a title change and concurrent tags and annotations both survive`() throws {
            let office = try Office()
            let file = try office.place.write(SampleCollection.text, to: "collection.txt")
            try office.ana.quipu("import", file)
            try office.syncAll()
            let article = try #require(try office.ana.articles.first)
            let id = try #require(article["id"]?.string)
            let quote = try #require(article["fields"]?["body"]?.string?.split(separator: " ").first)
                .description

            try office.ana.quipu("set", id, "title=A better title")
            try office.ben.quipu("tag", id, "+strike", "+checked")
            try office.ben.quipu(
                "annotate", id, "--quote", quote, "--note", "Who says so?", "--occurrence", "1")
            try office.syncAll()

            for machine in [office.ana, office.ben] {
                let shown = try machine.json("show", id)
                #expect(shown["fields"]?["title"]?.string == "A better title")
                #expect(shown["tags"] == .array([.string("checked"), .string("strike")]))
                let remarks = try machine.quipu("list", "--kind", "annotation", "--json").lines
                #expect(remarks.map { $0["fields"]?["text"]?.string } == ["Who says so?"])
                #expect(try machine.conflicts().isEmpty)
            }
        }

        @Test
        func `changes of one field on both machines make one conflict with the same winner on both`() throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("set", id, "title=What Ana calls it")
            try office.ben.quipu("set", id, "title=What Ben calls it")
            try office.syncAll()

            let (atAna, atBen) = (try office.ana.conflicts(), try office.ben.conflicts())
            #expect(atAna == atBen)
            let conflict = try #require(atAna.first)
            #expect(atAna.count == 1)
            #expect(conflict["id"]?.string == id && conflict["field"]?.string == "title")

            // Ben wrote last.
            let (current, others) = (conflict["current"], conflict["others"])
            #expect(current?["value"]?.string == "What Ben calls it" && current?["author"]?.string == "ben")
            #expect(others?[0]?["value"]?.string == "What Ana calls it" && others?[1] == nil)
            #expect(others?[0]?["author"]?.string == "ana")
            #expect(conflict["ancestor"]?["value"]?.string == "Town library lends seeds")
            // The loser's time is that of the edit.
            let edit = try #require(try office.ben.log.first { $0["version"] == others?[0]?["version"] })
            #expect(
                others?[0]?["timeMilliseconds"] == edit["timeMilliseconds"] && edit["author"]?.string == "ana"
            )
            for machine in [office.ana, office.ben] {
                #expect(try machine.field("title", of: id) == "What Ben calls it")
                #expect(try machine.json("show", id)["conflicted"]?.bool == true)
            }
        }

        @Test(arguments: [
            ["--take", "current"], ["--take", "1"], ["--value", "A third title"],
        ])
        func `a conflict resolved on one machine is closed on both after a sync`(choice: [String]) throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("set", id, "title=What Ana calls it")
            try office.ben.quipu("set", id, "title=What Ben calls it")
            try office.syncAll()

            let outcome = try office.ana.run(["resolve", id, "title"] + choice + ["--json"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            try office.syncAll()
            let titles = [
                "current": "What Ben calls it", "1": "What Ana calls it",
            ]
            for machine in [office.ana, office.ben] {
                #expect(try machine.conflicts().isEmpty)
                #expect(try machine.field("title", of: id) == titles[choice[1]] ?? choice[1])
                // Whatever was chosen, all three titles stay in the history.
                let history = try machine.quipu("history", id, "--json").lines
                #expect(Set(history.compactMap { $0["author"]?.string }) == ["ana", "ben"])
                #expect(history.count == 4)
            }
        }

        @Test
        func `setting a field in conflict succeeds and names the versions that it closes`() throws {
            let office = try Office(articles: ["Town library lends seeds"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("set", id, "title=What Ana calls it")
            try office.ben.quipu("set", id, "title=What Ben calls it")
            try office.syncAll()
            let conflict = try #require(try office.ana.conflicts().first)
            let versions = [conflict["current"], conflict["others"]?[0]].compactMap { $0?["version"]?.string }

            let report = try office.ana.json("set", id, "title=What all call it")
            #expect(report["closed"]?[0]?["field"]?.string == "title")
            let closed = report["closed"]?[0]?["versions"]?.array?.compactMap(\.string) ?? []
            #expect(Set(closed) == Set(versions) && versions.count == 2)
            try office.syncAll()
            #expect(try office.ben.conflicts().isEmpty)
            #expect(try office.ben.field("title", of: id) == "What all call it")
        }
    }
}
