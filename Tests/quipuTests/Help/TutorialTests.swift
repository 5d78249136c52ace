import Foundation
import Support
import Testing

@testable import quipu

extension Processes {
    /// The tutorial, as somebody goes through it.
    struct TutorialTests {
        private let place: TemporaryFolder

        init() throws { place = try TemporaryFolder() }

        private var left: [String] {
            get throws { try FileManager.default.contentsOfDirectory(atPath: place.path) }
        }

        private func atTerminal(_ words: String...) throws -> TerminalProgram {
            try TerminalProgram(
                [QuipuProcess.path] + words, in: place.path,
                environment: QuipuProcess.environment(adding: ["TMPDIR": place.path, "NO_COLOR": "1"]))
        }

        @Test func `without a terminal the tutorial runs through and prints what the commands print`() throws
        {
            let outcome = try QuipuProcess.run(
                ["tutorial"], in: place.path, environment: ["TMPDIR": place.path])
            #expect(outcome.exitCode == 0 && outcome.errors.isEmpty == false, "\(outcome)")
            for words in [
                "ana$ quipu init press", "3 read, 3 created", "tags are now river", "ana/press into ",
                "1 conflict open", "“Borrow a bean, return two”", "in sync with origin",
                "quipu help glossary",
            ] {
                #expect(
                    outcome.output.contains(words) || outcome.errors.contains(words), "\(words) in \(outcome)"
                )
            }
            #expect(!outcome.output.contains("Return"))
            #expect(try left == [])
        }

        @Test func `on a terminal the tutorial waits for Return and can leave its folder`() throws {
            let tutorial = try atTerminal("tutorial")
            for words in ["quipu init press", "quipu list", "--tag river", "quipu show", "quipu clone"] {
                try tutorial.wait(for: "Press Return to go on; q ends.")
                tutorial.type("\r")
                try tutorial.wait(for: words)
            }
            for words in ["quipu set", "quipu conflicts", "quipu resolve", "quipu history"] {
                try tutorial.wait(for: "Press Return to go on; q ends.")
                tutorial.type("\r")
                try tutorial.wait(for: words)
            }
            try tutorial.wait(for: "Press Return to go on; q ends.")
            tutorial.type("\r")
            try tutorial.wait(for: "[y/N]")
            tutorial.type("y\r")
            #expect(try tutorial.finish() == 0)
            let folder = try #require(try left.first)
            // Of what is written over, as progress is, the last counts.
            let lines = tutorial.output.split(separator: "\r\n").filter { !$0.contains(folder) }
                .compactMap { $0.replacing("\u{1B}[K", with: "").split(separator: "\r").last }
            #expect(lines.filter { $0.count > 80 } == [])
            #expect(tutorial.output.contains("is kept"))
            let ana = Machine("ana", at: place.path(of: folder + "/ana/press"))
            #expect(try ana.quipu("list", "--tag", "river").output.contains("The channel"))
        }

        @Test(arguments: ["q\r", "\u{3}", "\u{4}"])
        func `ending the tutorial early leaves nothing behind`(keys: String) throws {
            let tutorial = try atTerminal("tutorial")
            try tutorial.wait(for: "Press Return to go on; q ends.")
            tutorial.type("\r")
            try tutorial.wait(for: "Press Return to go on; q ends.")
            tutorial.type(keys)
            #expect(try tutorial.finish() == 0)
            #expect(try left == [])
        }

        @Test func `the tutorial leaves its folder on request and refuses options without effect`() throws {
            let kept = try QuipuProcess.run(
                ["tutorial", "--keep"], in: place.path, environment: ["TMPDIR": place.path])
            #expect(kept.exitCode == 0)
            #expect(try left.count == 1)
            for words in [["--json"], ["--quiet"], ["--archive", "x"]] {
                #expect(try QuipuProcess.run(["tutorial"] + words, in: place.path).exitCode == 2)
            }
        }
    }
}
