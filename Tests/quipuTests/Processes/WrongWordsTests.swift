import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What people mistype is told with what they may have meant, and nothing is written.
    struct WrongWordsTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let id: String

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            id = try ana.add(title: "The bridge opens")
        }

        /// Expects the command to be refused and to leave no trace.
        @discardableResult
        private func refusal(
            _ words: String..., exit expected: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> Refusal {
            let before = try ana.log
            let outcome = try ana.run(words + ["--json"])
            #expect(outcome.exitCode == expected, "\(outcome)", sourceLocation: sourceLocation)
            #expect(try ana.log == before, sourceLocation: sourceLocation)
            let refusal = Refusal(outcome.error)
            #expect(
                !refusal.message.isEmpty && !refusal.hint.isEmpty, "\(outcome)",
                sourceLocation: sourceLocation)
            return refusal
        }

        @Test(arguments: [
            ["help"], ["help", "sync"], ["show", "--help"], ["--version"], ["completion", "bash"], [],
        ])
        func `commands that print only text refuse --json`(_ words: [String]) throws {
            let outcome = try ana.run(words + ["--json"])
            #expect(outcome.exitCode == 2 && outcome.output.isEmpty, "\(outcome)")
            #expect(Refusal(outcome.error).message.contains("JSON"), "\(outcome)")
            #expect(try ana.run(words).exitCode == 0)
        }

        @Test
        func `an unknown id is named`() throws {
            for words in [["show"], ["delete"], ["history"], ["restore"]] {
                let outcome = try ana.run(words + ["zzzzzzzz", "--json"])
                #expect(outcome.exitCode == 1)
                #expect(outcome.error["error"]?.string == "unknown-record")
                #expect(outcome.error["message"]?.string?.contains("zzzzzzzz") == true)
            }
            #expect(
                try refusal("set", "7bd9c438-0000-8000-8000-000000000000", "title=A").error
                    == "unknown-record")
        }

        @Test
        func `an ambiguous handle lists its matches`() throws {
            let ids = ["01890000-0000-7000-8000-00aaaaaaaaaa", "01890000-0000-7000-8000-01aaaaaaaaaa"]
            let lines = ids.map {
                #"{"quipu":1,"id":"\#($0)","kind":"article","fields":{"title":"T \#($0)"}}"#
            }
            let file = try place.write(lines.joined(separator: "\n"), to: "records.jsonl")
            try ana.quipu("import", file)
            let known = try ana.articles
            let handle = try #require(known.first { $0["id"]?.string == ids[0] }?["handle"]?.string)
            let refusal = try refusal("set", handle, "title=B")
            #expect(refusal.error == "ambiguous-handle")
            #expect(ids.allSatisfy { refusal.message.contains($0) })
            // The whole id always does.
            try ana.quipu("set", ids[0], "title=B")
        }

        @Test
        func `an unknown field gets a suggestion, and a custom field is accepted`() throws {
            let refusal = try refusal("set", id, "titel=B")
            #expect(refusal.error == "unknown-field")
            #expect((refusal.message + refusal.hint).contains("title"))
            #expect(refusal.hint.contains("x-"))
            try self.refusal("add", "article", "title=A", "colour=red")
            try ana.quipu("set", id, "x-colour=red")
            #expect(try ana.field("x-colour", of: id) == "red")
        }

        @Test
        func `a value of the wrong type is refused, and the field keeps its value`() throws {
            #expect(try refusal("set", id, "date=yesterday").error == "wrong-type")
            #expect(try refusal("set", id, "title:=42").error == "wrong-type")
            #expect(try refusal("set", id, "tags/a=perhaps").error == "wrong-type")
            try refusal("set", id, "title:={", exit: 2)
            // Nothing of a command is done when part of it cannot be.
            try refusal("set", id, "title=B", "date=yesterday")
            #expect(try ana.field("title", of: id) == "The bridge opens")
        }

        @Test
        func `an unknown kind and a missing field are named`() throws {
            #expect(try refusal("add", "artikel", "title=A").error == "unknown-kind")
            #expect(try refusal("add", "annotation", "text=A").message.contains("target"))
        }

        @Test
        func `a mistyped command or option is wrong usage and gets a suggestion`() throws {
            #expect(try refusal("imprt", "file", exit: 2).hint.contains("import"))
            #expect(try refusal("import", "--colection", "A", "file", exit: 2).hint.contains("--collection"))
            #expect(try refusal("set", exit: 2).error == "usage")
            #expect(try refusal("resolve", id, "--take", "nobody", exit: 2).error == "usage")
            #expect(try refusal("log", "--limit", "many", exit: 2).error == "usage")
            // Without --json the same is said in words, on standard error alone.
            let outcome = try ana.quipu("imprt", exit: 2)
            #expect(outcome.output.isEmpty && outcome.errors.contains("import"))
        }

        @Test
        func `a record that is not deleted or not in conflict cannot be restored or resolved`() throws {
            #expect(try refusal("restore", id).error == "not-deleted")
            #expect(try refusal("resolve", id, "title", "--take", "current").error == "not-in-conflict")
            try ana.quipu("delete", id)
            #expect(try refusal("set", id, "title=B").error == "deleted")
        }

        @Test
        func `an unknown remote is named with how to add it`() throws {
            #expect(try refusal("sync").error == "unknown-remote")
            #expect(try refusal("sync", "orgin").message.contains("orgin"))
        }
    }
}
