import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// `quipu edit` with editors that are shell commands.
    struct EditorTests {
        private let place: TemporaryFolder
        private let folder: String
        private let drafts: String
        private let ana: Machine
        private let id: String

        init() throws {
            let place = try TemporaryFolder()
            let drafts = place.path(of: "drafts")
            try FileManager.default.createDirectory(atPath: drafts, withIntermediateDirectories: false)
            let ana = try Machine("ana", in: place, variables: ["TMPDIR": drafts])
            try ana.quipu("init", "--name", "press")
            try ana.quipu("add", "collection", "name=Press")
            let made = try ana.json(
                "add", "article", "title=One", "body=The mill.\n\n---\n\nBy the river.",
                "author:=[\"Ana\",\"Ruiz, B.\"]", "tags/river=true", "x-rating:=5", "abstract=A: b\nc",
                "date=2026")
            id = made["id"]?.string ?? ""
            (self.place, self.drafts, self.ana, folder) = (place, drafts, ana, ana.folder)
        }

        /// Runs `quipu edit` with a script as the editor, to which the file is `$1`.
        private func edit(_ words: [String], _ script: String, on machine: Machine? = nil) throws
            -> QuipuProcess.Outcome
        {
            try QuipuProcess.run(
                ["edit"] + words, in: folder, environment: environment(try editor(script)))
        }

        private func editor(_ script: String) throws -> String {
            let path = try place.write("#!/bin/sh\n" + script + "\n", to: "editor-\(UUID().uuidString)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }

        private func environment(_ editor: String) -> [String: String] {
            [
                "EDITOR": editor, "QUIPU_AUTHOR": "ana", "TMPDIR": drafts, "QUIPU": QuipuProcess.path,
                "ID": id,
            ]
        }

        private func fields() throws -> JSONValue { try ana.json("show", id)["fields"] ?? .null }
        private func entries() throws -> Int { try ana.quipu("log", "--json", "-n", "0").lines.count }
        private func left() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: drafts) }

        @Test func `edit writes exactly the fields that were changed in the editor`() throws {
            let before = try fields()
            let outcome = try edit(
                [id],
                """
                test "$(stat -c %a "$1")" = 600 || exit 9
                sed -i -e 's/^title: .*/title: 1984/' -e 's/^tags: .*/tags: [flood, "two words"]/' -e 's/mill/MILL/' \\
                    -e 's/^collections:.*/collections: [Press]/' -e 's/^language:.*/language: pt-br/' "$1"
                """)
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(
                outcome.output.contains("edited title, language, tags, collections and body"), "\(outcome)")
            let shown = try ana.json("show", id)
            #expect(shown["tags"] == ["flood", "two words"] && shown["collections"] == ["Press"])
            #expect(shown["fields"]?["title"] == "1984" && shown["fields"]?["language"] == "pt-BR")
            #expect(shown["fields"]?["body"] == "The MILL.\n\n---\n\nBy the river.")
            for name in ["author", "x-rating", "abstract", "date"] {
                #expect(shown["fields"]?[name] == before[name], "\(name)")
            }
            let last = try ana.quipu("history", id, "--json").lines.last
            #expect(last?["fields"]?.array?.compactMap(\.string).contains("author") == false)
            #expect(try left().isEmpty)
        }

        @Test
        func `a record that is removed from the edited file stays unchanged, and edit says so`()
            throws
        {
            let other = try ana.json("add", "article", "title=Two", "body=The bridge.")["id"]?.string ?? ""
            let script = "sed -i -e 's/^title: One/title: 1/' -e '/quipu: article:\(other)/,$d' \"$1\""
            let outcome = try edit([id, other], script)
            #expect(outcome.exitCode == 0 && outcome.output.contains("edited title\n"), "\(outcome)")
            #expect(outcome.errors.contains("is not in the file any more, and stays as it is"), "\(outcome)")
            #expect(try fields()["body"] == "The mill.\n\n---\n\nBy the river.")
            #expect(try ana.json("show", other)["fields"]?["title"] == "Two")
        }

        @Test func `an edited text with NUL is refused, and hints use the syntax of the file`() throws {
            let nul = try edit([id, "--json"], "printf 'a\\0b\\n' >> \"$1\"")
            #expect(Refusal(nul.error).message.contains("has a NUL character"), "\(nul)")
            let date = try edit([id, "--json"], "sed -i 's/^date:.*/date: soon/' \"$1\"")
            #expect(Refusal(date.error).hint.contains("write: date: 2026-03-04"), "\(date)")
        }

        @Test func `without a terminal no editor is opened unless one was configured`() throws {
            for words in [["edit", id], ["config", "--edit"]] {
                let outcome = try QuipuProcess.run(
                    words + ["--json"], in: folder,
                    environment: [
                        "QUIPU_AUTHOR": "ana", "TMPDIR": drafts, "XDG_CONFIG_HOME": place.path(of: "home"),
                    ])
                #expect(outcome.exitCode == 1 && Refusal(outcome.error).error == "no-editor", "\(outcome)")
            }
            #expect(try left().isEmpty)
        }

        @Test func `removing a line in the editor removes the field's value`() throws {
            #expect(
                try edit([id], "sed -i -e '/^date:/d' -e 's/^x-rating:.*/x-rating:/' \"$1\"").exitCode == 0)
            #expect(try fields()["date"] == .null && fields()["x-rating"] == .null)
        }

        @Test(arguments: [("true", 0), ("touch \"$1\"", 0), (": > \"$1\"", 1), ("exit 3", 1)])
        func `an unchanged or empty file or a failing editor writes nothing and leaves no file`(
            script: String, code: Int32
        ) throws {
            let before = try entries()
            let outcome = try edit([id], script)
            #expect(outcome.exitCode == code, "\(outcome)")
            #expect(try entries() == before && left().isEmpty)
        }

        @Test(arguments: [
            ("s/^date:.*/date: soon/", "'date' takes a date"), ("s/^title:/titel:/", "no field 'titel'"),
            ("s/^title:.*/title: [/", "line "),
            ("s/^collections:.*/collections: Nowhere/", "no collection 'Nowhere'"),
            ("s/^doi:.*/doi: see the paper/", "'doi' takes a DOI"),
            ("s/^<!-- quipu: .*//", "the line that names it"),
        ])
        func `a mistake in the edited file writes nothing, and the file is kept and named`(
            change: String, reason: String
        ) throws {
            let before = try entries()
            let outcome = try edit([id, "--json"], "sed -i '\(change)' \"$1\"")
            let refusal = Refusal(outcome.error)
            #expect(outcome.exitCode == 1 && refusal.message.contains(reason), "\(outcome)")
            let kept = try #require(try left().first)
            #expect(refusal.hint.contains(drafts + "/" + kept))
            #expect(
                try String(contentsOfFile: drafts + "/" + kept, encoding: .utf8).contains("By the river."))
            #expect(try entries() == before)
        }

        @Test func `several records are edited in one file and written as one entry`() throws {
            let note = try #require(try ana.json("add", "note", "text=Ask who saw it.")["id"]?.string)
            let before = try entries()
            let outcome = try edit(
                [id, note], "sed -i -e 's/^title: One/title: Two/' -e 's/Ask/Find out/' \"$1\"")
            #expect(outcome.output == "2 records: edited title and text\n", "\(outcome)")
            #expect(try ana.json("show", note)["fields"]?["text"] == "Find out who saw it.")
            #expect(try fields()["title"] == "Two" && fields()["body"] == "The mill.\n\n---\n\nBy the river.")
            #expect(try entries() == before + 1)
        }

        @Test func `edit refuses to replace a value that this machine has written meanwhile`() throws {
            let outcome = try edit(
                [id], "\"$QUIPU\" set $ID title=Other -q; sed -i 's/^title:.*/title: Mine/' \"$1\"")
            #expect(
                outcome.exitCode == 1 && outcome.errors.contains("ana has set title meanwhile: “Other”"),
                "\(outcome)")
            #expect(try fields()["title"] == "Other")
            #expect(try left().count == 1)
        }

        @Test func `an edit conflicts with a value that arrived by a sync meanwhile`() throws {
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", folder, ".")
            try ben.quipu("set", id, "title=By Ben", "body=Gone.")
            let outcome = try edit(
                [id], "\"$QUIPU\" sync \(ben.folder) -q; sed -i 's/^title:.*/title: Mine/' \"$1\"")
            #expect(outcome.exitCode == 0 && outcome.errors.contains("both versions are kept"), "\(outcome)")
            let conflicts = try ana.run(["conflicts", id, "--json"]).lines
            #expect(conflicts.map { $0["field"] } == ["title"])
            let values = [conflicts.first?["current"]?["value"], conflicts.first?["others"]?[0]?["value"]]
            #expect(Set(values.compactMap { $0?.string }) == ["Mine", "By Ben"])
            #expect(try fields()["body"] == "Gone.")
            try ana.quipu("sync", ben.folder, exit: 3)
            #expect(try ben.run(["conflicts", id, "--json"]).lines.count == 1)
        }

        @Test func `a text with CR LF stays as it is, and its edit has CR LF again`() throws {
            let text = try place.write("x\r\ny\r\nlast\r", to: "body")
            try ana.quipu("set", id, "body=@\(text)")
            let before = try entries()
            let unchanged = try edit([id], "true")
            #expect(unchanged.exitCode == 0 && unchanged.output == "nothing changed\n", "\(unchanged)")
            #expect(try entries() == before)
            #expect(try edit([id], "sed -i 's/^y$/z/' \"$1\"").exitCode == 0)
            #expect(try fields()["body"] == "x\r\nz\r\nlast")
        }

        @Test func `texts that end in a line end keep it, wherever in the file they stand`() throws {
            let text = #"body:="abc\n""#
            let other = try #require(try ana.json("add", "article", "title=Two", text)["id"]?.string)
            try ana.quipu("set", id, text)
            let before = try entries()
            #expect(try edit([id, other], "true").output == "nothing changed\n")
            #expect(try entries() == before)
            let outcome = try edit([id, other], "sed -i 's/^date: 2026/date: 2027/' \"$1\"")
            #expect(outcome.output.contains("edited date\n"), "\(outcome)")
            #expect(try fields()["body"] == "abc\n")
        }

        @Test func `edit shows the handles of collections that share a name, and leaves the one taken out`()
            throws
        {
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", folder, ".")
            let own = try #require(try ana.json("add", "collection", "name=Twin")["id"]?.string)
            let other = try #require(try ben.json("add", "collection", "name=Other")["id"]?.string)
            try ben.quipu("set", other, "name=Twin")
            try ana.quipu("sync", ben.folder)
            for collection in [own, other] {
                try ana.quipu("set", id, "collections/\(collection)=true")
                let seen = place.path(of: "seen")
                let outcome = try edit(
                    [id], "cp \"$1\" \(seen); sed -i 's/^collections:.*/collections:/' \"$1\"")
                #expect(outcome.exitCode == 0, "\(outcome)")
                #expect(try !String(contentsOfFile: seen, encoding: .utf8).contains("Twin"))
                #expect(try ana.json("show", id)["collections"]?.array ?? [] == [])
            }
        }

        @Test(arguments: [
            ("\"$QUIPU\" delete $ID -q", "deleted"),
            ("\"$QUIPU\" delete $ID -q; \"$QUIPU\" purge -y $ID -q", "purged"),
        ])
        func `a record that was deleted here meanwhile is not written, and the file is kept`(
            meanwhile: String, code: String
        ) throws {
            let outcome = try edit(
                [id, "--json"], "\(meanwhile) >/dev/null 2>&1; sed -i 's/^title:.*/title: Mine/' \"$1\"")
            let refusal = Refusal(outcome.error)
            #expect(outcome.exitCode == 1 && refusal.error == code, "\(outcome)")
            #expect(refusal.message.contains("\(code) meanwhile"))
            #expect(try refusal.hint.contains(drafts + "/" + #require(left().first)))
        }

        @Test func `an edit conflicts with a delete of the record that arrived by a sync meanwhile`() throws {
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", folder, ".")
            try ben.quipu("delete", id)
            let outcome = try edit(
                [id], "\"$QUIPU\" sync \(ben.folder) -q; sed -i 's/^title:.*/title: Mine/' \"$1\"")
            #expect(
                outcome.exitCode == 0 && outcome.errors.contains("was deleted by somebody else meanwhile"),
                "\(outcome)")
            #expect(try ana.run(["conflicts", id, "--json"]).lines.first?["deletion"] == true)
        }

        @Test func `at a terminal, a mistake reopens the edited file with the reason at its top`() throws {
            let seen = place.path(of: "seen")
            let script = try editor(
                "cp \"$1\" \(seen); if grep -q soon \"$1\"; then sed -i 's/^date:.*/date: 2027/' \"$1\"; "
                    + "else sed -i 's/^date:.*/date: soon/' \"$1\"; fi")
            let terminal = try TerminalProgram(
                [QuipuProcess.path, "edit", id], in: folder,
                environment: QuipuProcess.environment(adding: environment(script)))
            try terminal.wait(for: "edited date")
            #expect(try terminal.finish() == 0)
            let top = try String(contentsOfFile: seen, encoding: .utf8)
            #expect(top.hasPrefix("<!-- NOT WRITTEN: article"), "\(top)")
            #expect(top.contains("'date' takes a date"))
            #expect(try fields()["date"] == "2027" && left().isEmpty)
        }

        @Test func `edit reads ids from a pipe and gives the terminal to the editor`() throws {
            let script = try editor("test -t 0 && sed -i 's/^title:.*/title: Piped/' \"$1\"")
            let line = "\(QuipuProcess.path) list | grep article | \(QuipuProcess.path) edit -; echo ended $?"
            let terminal = try TerminalProgram(
                ["/bin/sh", "-c", line], in: folder,
                environment: QuipuProcess.environment(adding: environment(script)))
            try terminal.wait(for: "ended 0")
            #expect(try terminal.finish() == 0)
            #expect(try fields()["title"] == "Piped")
        }
    }
}
