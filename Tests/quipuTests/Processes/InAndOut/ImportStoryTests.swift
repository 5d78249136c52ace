import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A collection is imported once, twice, and on two machines: each article is there once.
    struct ImportStoryTests {
        @Test(arguments: [SampleCollection.text, SampleCollection.own])
        func `seventeen of eighteen paragraphs become articles, and the duplicate is recognised`(
            text: String
        ) throws {
            let place = try TemporaryFolder()
            let file = try place.write(text, to: "collection.txt")
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")

            let report = try ana.json("import", file, "--collection", "Ecuador")
            #expect(report["read"]?.integer == 18)
            #expect(report["created"]?.integer == 17)
            #expect(report["unchanged"]?.integer == 1)
            #expect(report["rejected"]?.integer == 0)
            #expect(try ana.articleCount == 17)
            #expect(try !ana.quipu("search", "lenin", "--json").lines.isEmpty)
            #expect(try ana.quipu("list", "--collection", "Ecuador", "--json").lines.count == 17)
            try ana.expectUndamaged()
        }

        @Test
        func `a dry run reports what the import then does and writes nothing`() throws {
            let place = try TemporaryFolder()
            let file = try place.write(SampleCollection.text, to: "collection.txt")
            let ana = try Machine("ana", in: place)
            // Without an archive nobody knows what is new.
            let alone = try ana.json("import", "--dry-run", file)
            #expect(alone["read"]?.integer == 18 && alone["created"] == .null, "\(alone)")
            try ana.quipu("init", "--name", "press")
            let empty = try ana.digest
            for collection in ["Ecuador", "Ecuador", "Peru"] {
                let told = try ana.json("import", "--dry-run", file, "--collection", collection)
                let (log, digest) = (try ana.log, try ana.digest)
                #expect(try ana.json("import", "--dry-run", file, "--collection", collection) == told)
                #expect(try ana.log == log && ana.digest == digest)
                let done = try ana.json("import", file, "--collection", collection)
                for count in ["read", "created", "updated", "unchanged", "repeated", "differing"] {
                    #expect(told[count] == done[count], "\(count)")
                }
            }
            #expect(try ana.digest != empty)
            try ana.expectUndamaged()
        }

        @Test
        func `importing the file again leaves all articles and the log unchanged`() throws {
            let place = try TemporaryFolder()
            let file = try place.write(SampleCollection.text, to: "collection.txt")
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", file)
            let (log, digest) = (try ana.log, try ana.digest)

            let report = try ana.json("import", file)
            #expect(report["created"]?.integer == 0 && report["updated"]?.integer == 0)
            #expect(report["unchanged"]?.integer == 17)
            #expect(try ana.log == log)
            #expect(try ana.digest == digest)
        }

        @Test
        func `importing on two offline machines and syncing gives seventeen articles and no conflict`() throws
        {
            let office = try Office()
            let file = try office.place.write(SampleCollection.text, to: "collection.txt")
            try office.server.stop()
            for machine in [office.ana, office.ben] {
                #expect(try machine.json("import", file, "--collection", "Ecuador")["created"]?.integer == 17)
            }

            let server = try ServedRoot(office.place.path(of: "office"))
            for machine in [office.ana, office.ben, office.ana] { try machine.sync(server.url + "/press") }
            try expectSame(office.ana, office.ben)
            for machine in [office.ana, office.ben] {
                #expect(try machine.articleCount == 17)
                #expect(try machine.conflicts().isEmpty)
                #expect(try machine.quipu("list", "--collection", "Ecuador", "--json").lines.count == 17)
            }
            // And an import on top of both changes nothing either.
            #expect(
                try office.ana.json("import", file, "--collection", "Ecuador")["unchanged"]?.integer == 17)
            #expect(try office.ana.json("sync", server.url + "/press")["sent"]?.integer == 0)
        }
    }
}
