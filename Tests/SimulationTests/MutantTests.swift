import Foundation
import Simulation
import Testing

/// `Tools/simulate --mutants` shows that the simulator finds each; here, that each still fits the sources.
@Suite struct MutantTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let files: [URL] =
        ((try? FileManager.default.contentsOfDirectory(
            at: root.appendingPathComponent("Tools/mutants"), includingPropertiesForKeys: nil)) ?? [])
        .sorted { $0.path < $1.path }

    @Test func `at least ten mutants are defined`() {
        #expect(Self.files.count >= 10)
    }

    @Test(arguments: files)
    func `every mutant applies to the current sources`(file: URL) throws {
        let mutant = try Mutant(try String(contentsOf: file, encoding: .utf8))
        for replacement in mutant.replacements {
            let path = Self.root.appendingPathComponent(replacement.file)
            let source = try String(contentsOf: path, encoding: .utf8)
            #expect(try replacement.applied(to: source) != source)
        }
    }

    @Test func `a text that occurs twice or nowhere is not replaced`() throws {
        let mutant = try Mutant("wrong\n--- file\na.swift\n--- old\nlet a = 1\n--- new\nlet a = 2\n")
        let replacement = try #require(mutant.replacements.first)
        #expect(try replacement.applied(to: "x\nlet a = 1\ny\n") == "x\nlet a = 2\ny\n")
        #expect(throws: Mutant.Unfit.self) { try replacement.applied(to: "let a = 1; let a = 1") }
        #expect(throws: Mutant.Unfit.self) { try replacement.applied(to: "let b = 1") }
    }

    @Test(arguments: [
        "", "wrong", "wrong\n--- file\na\n--- old\nb", "wrong\n--- old\na\n--- file\nb\n--- new\nc",
    ])
    func `a malformed mutant is refused`(text: String) {
        #expect(throws: Mutant.Unfit.self) { try Mutant(text) }
    }
}
