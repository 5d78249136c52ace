import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What people set once, for themselves and for an archive.
    struct SettingsTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let file: String

        init() throws {
            place = try TemporaryFolder()
            let home = place.path(of: "home")
            file = home + "/quipu/config"
            ana = Machine("", at: place.path(of: "press"), variables: ["XDG_CONFIG_HOME": home])
            try FileManager.default.createDirectory(
                atPath: ana.folder, withIntermediateDirectories: true)
            try ana.quipu("init", "--name", "press")
        }

        private func author() throws -> String? {
            try ana.quipu("add", "note", "text=x")
            return try ana.json("log", "-n", "1")["author"]?.string
        }

        @Test func `config stores, shows, lists and unsets a setting`() throws {
            #expect(try ana.quipu("config").output == "nothing is set; see: quipu help config\n")
            #expect(try ana.refusal("config", "author").error == "not-set")
            try ana.quipu("config", "author", "Ana Ruiz")
            #expect(try ana.quipu("config", "author").output == "Ana Ruiz\n")
            #expect(
                try ana.json("config", "--list")
                    == ["key": "author", "value": "Ana Ruiz", "from": .string(file)])
            #expect(try author() == "Ana Ruiz")
            try ana.quipu("config", "--unset", "author")
            #expect(try ana.quipu("config").output.hasPrefix("nothing is set"))
            #expect(try author() != "Ana Ruiz")
        }

        @Test func `a malformed line of the settings file is named, and config replaces it`() throws {
            try ana.quipu("config", "color", "auto")
            try Data("color = purple\ntime = utc\n".utf8).write(to: URL(fileURLWithPath: file))
            let refused = try ana.refusal("list", exit: 2)
            #expect(refused.message.contains("\(file), line 1"))
            // Another setting can be changed beside it, and what is still wrong is said.
            #expect(try ana.quipu("config", "author", "Ana").errors.contains("\(file), line 1"))
            let mended = try ana.quipu("config", "color", "never")
            #expect(mended.errors.isEmpty)
            try ana.quipu("list")
            #expect(try ana.quipu("config", "time").output == "utc\n")
            try Data("colour = never\n".utf8).write(to: URL(fileURLWithPath: file))
            #expect(try ana.run(["list"]).exitCode == 2)
            try ana.quipu("config", "--unset", "colour")
            #expect(try ana.refusal("config", "--unset", "colour", exit: 2).message.contains("no setting"))
            try ana.quipu("list")
            let empty = try ana.quipu("config", "pager", "")
            #expect(empty.output.hasPrefix("pager is now empty, in "), "\(empty)")
        }

        @Test func `a day given to log --since counts in the zone of the times shown`() throws {
            let east = Machine("ana", at: ana.folder, variables: ["TZ": "FOO-19"])
            try east.quipu("add", "note", "text=x")
            let day = String(try east.quipu("log", "-n", "1").output.prefix(10))
            #expect(try east.quipu("log", "--since", day).output.contains("add note"))
            let utc = String(try east.quipu("log", "-n", "1", "--utc").output.prefix(10))
            #expect(try east.quipu("log", "--utc", "--since", utc).output.contains("add note"))
            let west = Machine("ana", at: ana.folder, variables: ["TZ": "FOO+19"])
            let earlier = String(try west.quipu("log", "-n", "1").output.prefix(10))
            #expect(try west.quipu("log", "--since", earlier).output.contains("add note"))
        }

        @Test func `remote list shows the last sync in local time, and in UTC to programs`() throws {
            let east = Machine("ana", at: ana.folder, variables: ["TZ": "FOO-19"])
            try east.quipu("clone", ".", place.path(of: "clone"))
            try east.quipu("remote", "add", "o", place.path(of: "clone"))
            try east.quipu("sync", "o")
            #expect(try east.quipu("remote", "list").output.contains(" +1900"))
            #expect(try east.json("remote", "list")["lastSync"]?.string?.hasSuffix("Z") == true)
        }

        @Test func `settings of the archive come before the person's and are not cloned`() throws {
            try ana.quipu("config", "author", "Ana Ruiz")
            try ana.quipu("config", "author", "Press Desk", "--local")
            #expect(try author() == "Press Desk")
            #expect(try ana.quipu("config", "author", "--archive", ana.folder).output == "Press Desk\n")
            #expect(try ana.quipu("doctor").output.contains("not part of the archive") == false)
            let clone = place.path(of: "clone")
            try ana.quipu("clone", ".", clone)
            #expect(try ana.quipu("config", "author", "--archive", clone).output == "Ana Ruiz\n")
            try ana.quipu("config", "--unset", "author", "--archive", ana.folder)
            #expect(try author() == "Ana Ruiz")
        }

        @Test func `--as and QUIPU_AUTHOR go before settings`() throws {
            try ana.quipu("config", "author", "Ana Ruiz")
            let named = try QuipuProcess.run(
                ["add", "note", "text=x"], in: ana.folder,
                environment: ana.environment.merging(["QUIPU_AUTHOR": "Ben"]) { $1 })
            #expect(named.exitCode == 0)
            #expect(try ana.json("log", "-n", "1")["author"] == "Ben")
            try ana.quipu("add", "note", "text=y", "--as", "Caro")
            #expect(try ana.json("log", "-n", "1")["author"] == "Caro")
            #expect(try ana.quipu("log", "--author", "Caro", "--json").lines.count == 1)
            #expect(try ana.quipu("log", "--author", "Nobody", "--json").lines.isEmpty)
        }

        @Test func `the old --author is refused and --as is named`() throws {
            for words in [["add", "note", "text=x", "--author", "Ana"], ["--author", "Ana", "list"]] {
                let outcome = try ana.run(words)
                #expect(outcome.exitCode == 2 && outcome.errors.contains("--as NAME"), "\(outcome)")
            }
        }

        @Test(arguments: [
            (["autor", "x"], "did you mean 'author'?"), (["color", "sometimes"], "auto, always, never"),
            (["color", "alway"], "did you mean 'always'?"), (["time", "UTC"], "local, utc"),
            (["author", ""], "one line of plain text"), (["pager", "'"], "quotation mark"),
            (["editor", " "], "an editor is a command"), (["alias.log", "list"], "cannot take its place"),
            (["alias.help", "list"], "cannot take its place"),
            (["alias.a b", "list"], "no name for an alias"),
            (["alias.x", "lst"], "did you mean 'list'?"),
            (["alias.x", "sh -c 'echo'"], "begins with a command"),
            (["alias.x", ""], "stands for a command"), (["--local", "pager", "less"], "runs programs"),
            (["--list", "author"], "takes no KEY"), (["--unset"], "needs the setting's KEY"),
            (["--unset", "--list"], "exclude each other"), (["clock", "right"], "trusted or measured"),
        ])
        func `a setting or value that config does not accept is refused with what it accepts`(
            words: [String], hint: String
        )
            throws
        {
            let outcome = try ana.run(["config"] + words)
            #expect(outcome.exitCode == 2 && outcome.errors.contains(hint), "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: file))
        }

        @Test func `an alias stands for a command with its first words, and for no other alias`() throws {
            for number in 1...3 { try ana.quipu("add", "note", "text=\(number)") }
            try ana.quipu("config", "alias.recent", "log --limit 2")
            #expect(try ana.quipu("recent", "--json").lines.count == 2)
            #expect(try ana.quipu("--json", "recent").lines.count == 2)
            try ana.quipu("config", "alias.say", "add note 'text=two words'")
            try ana.quipu("say", "--as", "Ben")
            #expect(try ana.json("log", "-n", "1")["author"] == "Ben")
            #expect(
                try ana.quipu("help", "recent").output.hasPrefix(
                    "'recent' stands for: log --limit 2\n\nList what was done"))
            // Neither the shell nor an alias within an alias.
            try ana.quipu("config", "alias.twice", "recent", exit: 2)
            try place.write(
                "alias.twice = recent\nalias.recent = log\nalias.list = log\n", to: "home/quipu/config")
            try ana.quipu("twice", exit: 2)
            #expect(try ana.quipu("list").output.contains("note"))
        }

        @Test func `a settings file that cannot be read is named with its line, and config can correct it`()
            throws
        {
            try ana.quipu("config", "author", "Ana Ruiz")
            try place.write("# mine\n\nauthor = Ana\nautor = x\n", to: "home/quipu/config")
            let refused = try ana.refusal("list", exit: 2)
            #expect(refused.message == "\(file), line 4: there is no setting 'autor'")
            #expect(refused.hint.contains("did you mean 'author'?"))
            #expect(try ana.quipu("help").output.contains("quipu"))
            let mended = try QuipuProcess.run(
                ["config", "--edit"], in: ana.folder,
                environment: ana.environment.merging(["EDITOR": "sed -i /autor/d"]) { $1 })
            #expect(mended.exitCode == 0, "\(mended)")
            try ana.quipu("config", "time", "utc")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text == "# mine\n\nauthor = Ana\ntime = utc\n")
        }

        @Test func `colours and times follow the settings, and options come before them`() throws {
            try ana.quipu("add", "note", "text=x", "--as", "Ben")
            func log(_ words: String...) throws -> String {
                try QuipuProcess.run(
                    ["log"] + words, in: ana.folder,
                    environment: ana.environment.merging(["TZ": "EEE-5:30", "NO_COLOR": "1"]) { $1 }
                ).output
            }
            #expect(try log().contains(" +0530  Ben"))
            #expect(try log("--color", "always").contains("\u{1B}["))
            try ana.quipu("config", "color", "always")
            try ana.quipu("config", "time", "utc")
            #expect(try log().contains(" UTC\u{1B}["))
            #expect(try log("--color", "never").contains(" UTC  Ben"))
        }

        @Test func `the pager in the settings comes before those of the environment`() throws {
            for number in 1...40 { try ana.quipu("add", "note", "text=\(number)") }
            try ana.quipu("config", "pager", "sh -c 'cat >/dev/null; echo mine'")
            let paged = try ana.atTerminal(["log", "-n", "0"], variables: ["QUIPU_PAGER": "cat"])
            #expect(paged.output == "mine\n")
        }

        @Test func `config writes through a symbolic link to the settings file and keeps it`() throws {
            try place.write("author = Ana\n", to: "kept")
            try FileManager.default.createDirectory(
                atPath: place.path(of: "home/quipu"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: file, withDestinationPath: place.path(of: "kept"))
            try ana.quipu("config", "author", "Ben")
            #expect(try String(contentsOfFile: place.path(of: "kept"), encoding: .utf8) == "author = Ben\n")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == place.path(of: "kept"))
        }
    }
}
