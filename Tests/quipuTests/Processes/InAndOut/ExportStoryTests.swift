import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What leaves in an open format comes back as it was.
    struct ExportStoryTests {
        /// An archive with something of everything.
        private static func archive(in place: TemporaryFolder) throws -> Machine {
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu(
                "import", try place.write(SampleCollection.text, to: "collection.txt"), "--collection",
                "Ecuador")
            let ids = try ana.articles.compactMap { $0["id"]?.string }
            try ana.quipu(
                "set", ids[0], "title=---\nA: 'title' \"like\" # no other", "x-note=  spaces  ",
                "date=2026-03",
                "x-list:=[1,2.5,null,{\"a\":\"é\"}]", "author:=[\"Ana\",\"Käthe Löwenstein\"]")
            try ana.quipu("set", ids[1], "body=\n\n# A heading\n---\nand\ttabs \u{2028} and the rest\n\n")
            try ana.quipu("tag", ids[2], "+strike", "+two words", "+ñandú")
            let body = try #require(try ana.field("body", of: ids[3]))
            try ana.quipu(
                "annotate", ids[3], "--quote", String(body.prefix(40)), "--note", "Who says so?", "--tag",
                "question",
                "--occurrence", "1")
            try ana.quipu("add", "note", "title=To do", "text=Call the works council.")
            try ana.quipu("delete", ids[4])
            return ana
        }

        @Test(arguments: ["jsonl", "markdown"])
        func `an export imported into an empty archive gives the same content digest`(format: String) throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            let export = place.path(of: "export." + format)
            let report = try ana.json("export", "--format", format, "-o", export)
            #expect(try #require(report["records"]?.integer) >= 19)

            let ben = try Machine("ben", in: place)
            try ben.quipu("init", "--name", "elsewhere")
            try ben.quipu("import", export)
            #expect(try ben.contentDigest == ana.contentDigest)
            #expect(try ben.digest != ana.digest)
            #expect(try ben.articleCount == 16)
            // And once more changes nothing.
            #expect(try ben.json("import", export)["created"]?.integer == 0)
            #expect(try ben.contentDigest == ana.contentDigest)
        }

        @Test
        func `an export to standard output is the same as to a file and can be piped into an import`() throws
        {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            let piped = try ana.quipu("export").ending.outputBytes
            try ana.quipu("export", "-o", place.path(of: "export.jsonl"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: place.path(of: "export.jsonl"))) == Data(piped))

            let ben = try Machine("ben", in: place)
            try ben.quipu("init")
            try ben.quipu("import", "-", input: place.path(of: "export.jsonl"))
            #expect(try ben.contentDigest == ana.contentDigest)
        }

        @Test
        func `an unwritable destination is named and no partial file is left`() throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            #expect(
                try ana.refusal("export", "-o", place.path(of: "nowhere/x.jsonl")).message.contains("nowhere")
            )
            #expect(try ana.refusal("export", "-o", place.path).message.contains(place.path))
            #expect(try ana.run(["export", "--format", "markdown"]).exitCode == 2)
            let left = try FileManager.default.contentsOfDirectory(atPath: place.path)
            #expect(!left.contains { $0.contains("partial") })
        }
    }
}
