import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Commands about many records at once.
    struct SeveralRecordsTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let ids: [String]

        init() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            var ids: [String] = []
            for number in 1...3 {
                let made = try ana.json("add", "article", "title=Number \(number)", "tags/draft=true")
                ids.append(made["id"]?.string ?? "")
            }
            (self.place, self.ana, self.ids) = (place, ana, ids)
        }

        private func entries() throws -> Int { try ana.quipu("log", "--json", "-n", "0").lines.count }

        private func tags(_ id: String) throws -> [String] {
            try ana.json("show", id)["tags"]?.array?.compactMap(\.string) ?? []
        }

        @Test func `several ids are tagged in one entry of the log`() throws {
            let before = try entries()
            let said = try ana.run(["tag"] + ids + ["+river", "-draft"])
            #expect(said.exitCode == 0 && said.output == "3 records: +river -draft\n", "\(said)")
            #expect(try entries() == before + 1)
            for id in ids { #expect(try tags(id) == ["river"]) }
        }

        @Test(arguments: [["list"], ["list", "--json"], ["search", "number", "--json"]])
        func `ids are read from standard input as other commands print them`(words: [String]) throws {
            let listed = try place.write(ana.run(words).output, to: "listed")
            let before = try entries()
            let outcome = try ana.run(["tag", "-", "+river", "--json"], input: listed)
            #expect(outcome.exitCode == 0 && outcome.lines.count == 3, "\(outcome)")
            #expect(try entries() == before + 1)
            for id in ids { #expect(try tags(id) == ["draft", "river"]) }
        }

        @Test func `one unknown id stops the command for all, and every unknown id is named`() throws {
            let before = try entries()
            let refusal = try ana.refusal("tag", ids[0], "zzzz", "yyyy", ids[1], "+river")
            #expect(refusal.error == "unknown-record")
            #expect(refusal.message == "there are no records 'zzzz' and 'yyyy'")
            let listed = try place.write("\(ids[0])\nwwww  a title\n", to: "listed")
            #expect(try ana.refusal("delete", "-", input: listed).message.contains("'wwww'"))
            #expect(try ana.refusal("set", ids[0], "zzzz", "title=x").message.contains("'zzzz'"))
            #expect(try entries() == before)
        }

        @Test func `a query selects the records, and one that is not understood is refused`() throws {
            try ana.quipu("tag", ids[0], "-draft")
            let before = try entries()
            #expect(try ana.quipu("tag", "--query", "tag:draft", "+river").output == "2 records: +river\n")
            #expect(try tags(ids[0]) == [] && tags(ids[1]) == ["draft", "river"])
            #expect(
                try ana.quipu("set", "--query", "tag:river", "language=EN-gb").output.contains(
                    "kept as en-GB"))
            #expect(try entries() == before + 2)
            #expect(try ana.refusal("delete", "--query", "tagg:river").message.contains("tagg"))
            try ana.refusal("delete", "--query", "(tag:river")
            try ana.refusal("delete", "--query", " ", exit: 2)
            try ana.refusal("delete", "--query", "x", ids[0], exit: 2)
            #expect(try ana.quipu("delete", "--query", "tag:nosuch").output == "")
            #expect(try entries() == before + 2)
        }

        @Test func `a query that finds many is deleted and purged only with --yes`() throws {
            let lines = (0..<21).map {
                "{\"title\": \"Many \($0)\", \"id\": \"m\($0)\", \"tags\": [\"many\"]}"
            }
            try ana.quipu("import", try place.write(lines.joined(separator: "\n"), to: "many.jsonl"))
            let before = try entries()
            #expect(try ana.refusal("delete", "--query", "tag:many", exit: 2).message.contains("21 records"))
            #expect(try entries() == before)
            #expect(try ana.quipu("delete", "--query", "tag:many", "--yes", "--json").lines.count == 21)
            #expect(try ana.quipu("restore", "--query", "tag:many").output == "restored 21 records\n")
            try ana.quipu("delete", "--query", "tag:many", "-y")
            #expect(try entries() == before + 3)
            #expect(try ana.refusal("purge", "--query", "tag:many", exit: 2).hint.contains("--yes"))
            let purged = try ana.quipu("purge", "--query", "tag:many", "--yes", "--json").lines
            #expect(purged.count == 21 && Set(purged.compactMap { $0["version"]?.string }).count == 1)
            #expect(try entries() == before + 4)
        }

        @Test func `delete asks at a terminal before it deletes the records of a query`() throws {
            let lines = (0..<21).map {
                "{\"title\": \"Many \($0)\", \"id\": \"m\($0)\", \"tags\": [\"many\"]}"
            }
            try ana.quipu("import", try place.write(lines.joined(separator: "\n"), to: "many.jsonl"))
            for (answer, isDeleted) in [("no", false), ("yes", true)] {
                let terminal = try TerminalProgram(
                    [QuipuProcess.path, "delete", "--query", "tag:many"], in: ana.folder,
                    environment: QuipuProcess.environment(adding: ["QUIPU_AUTHOR": "ana"]))
                try terminal.wait(for: "delete 21 records (yes, no)? ")
                terminal.type(answer + "\r")
                #expect(try terminal.finish() == (isDeleted ? 0 : 1))
                #expect(try ana.quipu("list", "--tag", "many", "--json").lines.count == (isDeleted ? 0 : 21))
            }
        }

        @Test func `one record that is not deleted stops restore and purge for all`() throws {
            _ = try ana.run(["delete"] + Array(ids.dropLast()))
            let before = try entries()
            for command in ["restore", "purge"] {
                let refusal = Refusal(try ana.run([command] + ids + ["--json"]).error)
                #expect(refusal.error == "not-deleted")
            }
            #expect(try entries() == before)
            #expect(try ana.run(["purge"] + Array(ids.dropLast())).output.contains("purged 2 records"))
            #expect(try entries() == before + 1)
        }

        @Test func `a file is attached to several records, and several records are shown`() throws {
            let file = try place.write("hello", to: "note.txt")
            let before = try entries()
            let attached = try ana.run(["attach"] + ids + [file, "--json"]).lines
            #expect(attached.count == 3 && Set(attached.compactMap { $0["sha256"]?.string }).count == 1)
            #expect(try entries() == before + 1)
            #expect(
                try ana.run(["attach"] + ids + [file, "--json"]).lines.allSatisfy {
                    $0["changed"]?.bool == false
                })
            #expect(try ana.run(["show"] + ids + ["--json"]).lines.compactMap { $0["id"]?.string } == ids)
        }

        @Test func `a tag without its sign names a record, and the sign is suggested`() throws {
            let refusal = try ana.refusal("tag", ids[0], "river", "-draft")
            #expect(
                refusal.message == "there is no record 'river'"
                    && refusal.hint.contains("did you mean +river?"))
            #expect(try tags(ids[0]) == ["draft"])
            #expect(try ana.refusal("set", ids[0], "title", "date=2026").hint.contains("title=VALUE"))
        }

        @Test func `tags are listed with counts, renamed and merged in one entry`() throws {
            try ana.quipu("tag", ids[0], "+river", "+a")
            let listed = try ana.quipu("tags").output
            #expect(listed == "RECORDS  TAG\n      3  draft\n      1  a\n      1  river\n")
            #expect(
                try ana.quipu("tags", "--sort", "name", "--json").lines.compactMap { $0["tag"]?.string } == [
                    "a", "draft", "river",
                ])
            let before = try entries()
            #expect(
                try ana.quipu("tags", "rename", "draft", "sketch").output
                    == "'draft' is now 'sketch' on 3 records\n")
            #expect(try ana.refusal("tags", "rename", "sketch", "river").hint.contains("quipu tags merge"))
            #expect(try ana.refusal("tags", "rename", "rivr", "x").hint == "did you mean 'river'?")
            #expect(try ana.json("tags", "merge", "sketch", "a", "--into", "river")["records"]?.integer == 3)
            #expect(try entries() == before + 2)
            #expect(try ana.quipu("tags", "--json").lines.map { $0["records"]?.integer } == [3])
            try ana.quipu("delete", ids[0])
            #expect(try ana.quipu("tags", "--json").lines.map { $0["records"]?.integer } == [2])
        }
    }
}
