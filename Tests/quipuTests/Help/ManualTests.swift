import Foundation
import Support
import Testing

@testable import quipu

/// The pages of the manual, as the tools that show them see them.
struct ManualTests {
    private let place: TemporaryFolder
    private let pages: [ManualPage]

    init() throws {
        place = try TemporaryFolder()
        pages = CommandSet.quipu.manual(date: Release.manualDate)
        for section in [1, 7] {
            try FileManager.default.createDirectory(
                atPath: place.path(of: "man\(section)"), withIntermediateDirectories: false)
        }
        for page in pages { try place.write(page.text, to: "man\(page.section)/\(page.fileName)") }
    }

    private func mandoc(_ words: [String]) throws -> ChildProgram.Ending {
        try ChildProgram(
            ["mandoc"] + words + pages.map { "man\($0.section)/\($0.fileName)" }, in: place.path,
            environment: QuipuProcess.environment(adding: ["MANPATH": place.path])
        ).finish()
    }

    @Test func `the manual has a page for each command, each group and each topic`() {
        let names = Set(pages.map(\.fileName))
        for (path, _) in CommandSet.quipu.leaves {
            #expect(names.contains("quipu-\(path.joined(separator: "-")).1"))
        }
        for topic in CommandSet.quipu.topics { #expect(names.contains("quipu-\(topic.name).7")) }
        #expect(names.contains("quipu.1") && names.contains("quipu-remote.1"))
        #expect(names.count == pages.count)
    }

    @Test func `mandoc reports nothing about any manual page`() throws {
        let ending = try mandoc(["-T", "lint"])
        // It looks for other pages among those that are installed.
        let lines = ending.output.split(separator: "\n").filter {
            !$0.contains("referenced manual not found: Xr quipu")
        }
        #expect(lines == [])
        let names = Set(pages.map { "\($0.name) \($0.section)" })
        for page in pages {
            for reference in page.text.matches(of: /Xr (\S+ \d)/) {
                #expect(names.contains(String(reference.1)), "\(page.fileName)")
            }
        }
    }

    @Test func `all manual pages fit 80 columns and show the declared options`() throws {
        let text = try mandoc(["-T", "utf8", "-O", "width=78"]).output
        // A character with a backspace and itself is a bold one.
        let plain = text.replacing(/.\u{8}/, with: "")
        let lines = plain.split(separator: "\n")
        #expect(lines.filter { $0.count > 80 } == [])
        #expect(lines.contains { $0.contains("--collection NAME") })
        #expect(lines.contains { $0.contains("quipu import articles.jsonl --collection Press") })
    }

    @Test func `the manual pages are written into a folder`() throws {
        let bench = try CommandBench()
        #expect(try bench.run("manual", bench.folder.path(of: "archive")).code == .done)
        let written = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path(of: "archive"))
        #expect(Set(written) == Set(pages.map(\.fileName)))
        #expect(try bench.run("manual", "nowhere").code == .usage)
    }
}
