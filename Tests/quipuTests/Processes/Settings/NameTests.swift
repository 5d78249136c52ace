import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Who somebody is, asked at the beginning.
    struct NameTests {
        private let place: TemporaryFolder
        private static let question = "your name, for the edits that you make"

        init() throws { place = try TemporaryFolder() }

        private func start(_ words: String..., variables: [String: String] = [:]) throws -> TerminalProgram {
            try TerminalProgram(
                [QuipuProcess.path] + words, in: place.path,
                environment: QuipuProcess.environment(
                    adding: ["XDG_CONFIG_HOME": place.path(of: "home")].merging(variables) { $1 }))
        }

        private var kept: String? {
            try? String(contentsOfFile: place.path(of: "home/quipu/config"), encoding: .utf8)
        }

        @Test func `init asks for the author's name if none is set, stores it and says where`() throws {
            let made = try start("init", "press")
            try made.wait(for: Self.question)
            made.type("Ana Ruiz\r")
            #expect(try made.finish() == 0)
            #expect(
                made.output.contains(
                    "kept in \(place.path(of: "home/quipu/config")); change it with: quipu config author NAME"
                ))
            #expect(kept == "author = Ana Ruiz\n")
            let clone = try start("clone", "press", "other")
            #expect(try clone.finish() == 0)
            #expect(!clone.output.contains(Self.question))
        }

        @Test func `clone asks for the author's name, and Return takes the login name`() throws {
            let made = try start("init", "press", variables: ["QUIPU_AUTHOR": "Ana"])
            #expect(try made.finish() == 0)
            #expect(!made.output.contains(Self.question) && kept == nil)
            let clone = try start("clone", "press", "other")
            try clone.wait(for: Self.question + " [")
            clone.type("\r")
            #expect(try clone.finish() == 0)
            #expect(kept?.hasPrefix("author = ") == true && clone.output.contains("kept in"))
        }

        @Test func `init creates the archive even if no name is given`() throws {
            let made = try start("init", "press")
            try made.wait(for: Self.question)
            made.type("\u{4}")
            #expect(try made.finish() == 0)
            #expect(kept == nil)
            #expect(try QuipuProcess.run(["status"], in: place.path(of: "press")).exitCode == 0)
        }

        @Test(arguments: [["--quiet"], ["--json"]])
        func `init asks for no name with --quiet or --json`(option: [String]) throws {
            let made = try start("init", "press", option[0])
            #expect(try made.finish() == 0)
            #expect(!made.output.contains(Self.question))
        }
    }
}
