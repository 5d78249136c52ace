import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Two people without a network, who carry files.
    struct BundleStoryTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let ben: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
            try ana.quipu("backup", place.path(of: "press.sqlite"))
            ben = Machine("ben", at: place.path(of: "ben"))
            let cloned = try QuipuProcess.run(
                ["clone", place.path(of: "press.sqlite"), ben.folder], in: place.path,
                environment: ["QUIPU_AUTHOR": "ben"])
            #expect(cloned.exitCode == 0, "\(cloned)")
        }

        private func stick(_ name: String) -> String { place.path(of: name) }

        private func digest(_ machine: Machine) throws -> String? {
            try machine.json("status")["digest"]?.string
        }

        @Test func `two people exchange bundles that hold only what the other lacks`() throws {
            _ = try ana.add(title: "The bridge closes")
            let first = try ana.json("bundle", "create", stick("a1"))
            #expect(first["transactions"]?.integer == 2)
            // An unknown sender is refused where nobody can be asked, and nothing is written.
            let refused = try ben.refusal("bundle", "apply", stick("a1"))
            #expect(refused.error == "unknown-sender")
            #expect(refused.hint.contains("--trust"))
            let applied = try ben.json("bundle", "apply", "--trust", stick("a1"))
            #expect(applied["applied"]?.integer == 1)
            #expect(applied["holdsAll"]?.bool == true)
            #expect(try digest(ana) == digest(ben))

            _ = try ben.add(title: "Seeds on loan")
            let answer = try ben.json("bundle", "create", stick("b1"), "--for", "ana")
            #expect(answer["transactions"]?.integer == 1)
            #expect(answer["for"]?.string == "ana")
            try ana.quipu("bundle", "apply", "--trust", stick("b1"))
            #expect(try digest(ana) == digest(ben))
            let again = try ana.quipu("bundle", "apply", stick("b1"))
            #expect(again.output.contains("everything that ben held is here, as of their bundle of 20"))
            #expect(!again.output.contains("in sync"))
            let last = try ana.json("bundle", "create", stick("a2"), "--for", "ben")
            #expect(last["transactions"]?.integer == 0)
        }

        @Test
        func `a bundle that was cut while it was written is applied as far as it goes`()
            throws
        {
            for number in 0..<30 { _ = try ana.add(title: "Article \(number)") }
            try ana.quipu("bundle", "create", stick("a1"))
            let whole = try Data(contentsOf: URL(fileURLWithPath: stick("a1")))
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: stick("cut")))
            let shown = try QuipuProcess.run(["bundle", "show", stick("cut")], in: place.path)
            #expect(shown.exitCode == 5 && !shown.errors.contains("was used"), "\(shown)")
            let cut = try ben.quipu("bundle", "apply", "--trust", stick("cut"), exit: 5)
            #expect(cut.errors.contains("ends too early"))
            #expect(cut.errors.contains("nothing is lost"))
            #expect(try QuipuProcess.run(["bundle", "show", stick("a1")], in: place.path).exitCode == 0)
            try ben.quipu("bundle", "apply", stick("a1"))
            #expect(try digest(ana) == digest(ben))
        }

        @Test
        func
            `a damaged file ends with 5 also where nothing of it was needed, and so do bytes behind its end`()
            throws
        {
            _ = try ana.add(title: "The bridge closes")
            try ana.quipu("bundle", "create", stick("a1"))
            try ben.quipu("bundle", "apply", "--trust", stick("a1"))
            let whole = try Data(contentsOf: URL(fileURLWithPath: stick("a1")))
            var flipped = whole
            flipped[whole.count - 1] ^= 1
            try flipped.write(to: URL(fileURLWithPath: stick("flipped")))
            try (whole + Data("more".utf8)).write(to: URL(fileURLWithPath: stick("longer")))
            for (name, reason) in [("flipped", "are damaged"), ("longer", "behind the end of the bundle")] {
                let applied = try ben.quipu("bundle", "apply", stick(name), exit: 5)
                #expect(applied.errors.contains(reason), "\(applied)")
                let shown = try QuipuProcess.run(["bundle", "show", stick(name)], in: place.path)
                #expect(shown.exitCode == 5 && shown.errors.contains(reason), "\(shown)")
                #expect(!shown.output.contains("complete, signed"), "\(shown)")
            }
        }

        @Test func `a bundle in parts is applied by its base name, and one part alone names the missing one`()
            throws
        {
            for _ in 0..<3 {
                let text = (0..<6_000).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }
                _ = try ana.add(title: text.joined(separator: " "))
            }
            let made = try ana.json("bundle", "create", stick("a"), "--split", "100kB")
            #expect(made["files"]?.array?.count ?? 0 > 1)
            let one = try ben.run(["bundle", "apply", "--trust", stick("a.1"), "--json"])
            #expect(one.exitCode == 1)
            #expect(one.errors.contains("part 2 of the bundle was not given"))
            #expect(one.json["missingTexts"]?.integer ?? 0 > 0)
            #expect(try ben.json("bundle", "apply", stick("a"))["whole"]?.bool == true)
            #expect(try digest(ana) == digest(ben))
            let taken = try ana.refusal("bundle", "create", stick("a"), "--split", "100kB")
            #expect(taken.error == "file-exists")
        }

        @Test
        func `bundle parts replace no other file, and --force removes only earlier parts`()
            throws
        {
            for _ in 0..<3 {
                let text = (0..<6_000).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }
                _ = try ana.add(title: text.joined(separator: " "))
            }
            func content(_ name: String) -> String? {
                (try? Data(contentsOf: URL(fileURLWithPath: stick(name)))).map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            try Data("letter".utf8).write(to: URL(fileURLWithPath: stick("a.2")))
            let taken = try ana.refusal("bundle", "create", stick("a"), "--split", "100kB")
            #expect(taken.error == "file-exists")
            #expect(content("a.2") == "letter")
            #expect(content("a.1") == nil)

            try ana.quipu("bundle", "create", stick("b"), "--split", "100kB")
            #expect(content("b.2") != nil)
            try Data("letter".utf8).write(to: URL(fileURLWithPath: stick("b.3")))
            try ana.quipu("bundle", "create", stick("b"), "--split", "1MB", "--force")
            #expect(content("b.2") == nil)
            #expect(content("b.3") == "letter")
        }

        @Test
        func `bundle show refuses a named pipe, and a sender's name is quoted in the suggested command`()
            throws
        {
            #expect(mkfifo(stick("pipe"), 0o600) == 0)
            #expect(try ben.refusal("bundle", "show", stick("pipe")).error == "input-output")
            let cid = Machine("x'; rm -rf ~ #", at: ben.folder)
            _ = try cid.add(title: "Seeds on loan")
            try cid.quipu("bundle", "create", stick("c1"))
            _ = try ana.add(title: "The bridge closes")
            let applied = try ana.quipu("bundle", "apply", "--trust", stick("c1"))
            #expect((applied.output + applied.errors).contains(#"--for 'x'\''; rm -rf ~ #'"#))
        }

        @Test func `a person at a terminal is asked once whether a sender's key is accepted`() throws {
            _ = try ana.add(title: "The bridge closes")
            try ana.quipu("bundle", "create", stick("a1"))
            let program = try TerminalProgram(
                [QuipuProcess.path, "bundle", "apply", stick("a1")], in: ben.folder,
                environment: QuipuProcess.environment(adding: ["QUIPU_AUTHOR": "ben"]))
            try program.wait(for: "[y/N]")
            program.type("y\r")
            #expect(try program.finish() == 0)
            #expect(try digest(ana) == digest(ben))
            try ben.quipu("bundle", "apply", stick("a1"))
        }

        @Test func `a file that is no bundle, is missing or belongs to another archive is refused`() throws {
            #expect(try ben.refusal("bundle", "apply", ben.storePath).error == "not-a-bundle")
            #expect(try ben.refusal("bundle", "apply", stick("nothing")).error == "input-output")
            #expect(
                try ana.refusal("bundle", "create", stick("x"), "--for", "nobody").error == "unknown-remote")
            let cid = try Machine("cid", in: place)
            try cid.quipu("init", "--name", "other")
            try ana.quipu("bundle", "create", stick("a1"))
            #expect(try cid.refusal("bundle", "apply", "--trust", stick("a1")).error == "other-archive")
        }
    }
}
