import Foundation
import Support
import Testing

extension Processes {
    /// The first tour of the README, as somebody types it.
    struct ReadmeTests {
        private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../..").standardized

        private struct Step {
            let command: String
            /// What the README shows below it.
            var shown: [String] = []
        }

        private static func steps() throws -> [Step] {
            let readme = try String(contentsOf: project.appendingPathComponent("README.md"), encoding: .utf8)
            let start = try #require(readme.range(of: "## Five minutes"))
            let end = try #require(readme.range(of: "## In your own program"))
            var steps: [Step] = []
            for line in readme[start.upperBound..<end.lowerBound].split(separator: "\n") {
                guard line.hasPrefix("    ") else { continue }
                let text = String(line.dropFirst(4))
                if text.hasPrefix("$ ") {
                    steps.append(Step(command: String(text.dropFirst(2))))
                } else if !steps.isEmpty {
                    steps[steps.count - 1].shown.append(text)
                }
            }
            return steps
        }

        /// Without what differs between archives and times: handles, versions, moments, and what a table leaves out.
        private static func normalized(_ line: String) -> String {
            var text = line.replacing(#/[0-9a-f]{8}:\d+/#, with: "VERSION")
                .replacing(#/\d{4}-\d\d-\d\d \d\d:\d\d (UTC|[+-]\d{4})/#, with: "TIME")
                .replacing(#/^[0-9a-hjkmnp-tv-z]{8} +(article|collection)/#) { "HANDLE \($0.1)" }
                .replacing(#/(article|annotation) [0-9a-hjkmnp-tv-z]{8}(:| “|$)/#) { "\($0.1) HANDLE\($0.2)" }
                .replacing(#/'press' in .*/#, with: "'press' in PLACE")
            if let cut = text.firstIndex(of: "…"), !text.contains("FILE") { text = String(text[..<cut]) }
            return text.split(separator: " ").joined(separator: " ")
        }

        @Test func `every command of the first tour works as typed, and prints what is shown`() throws {
            let place = try TemporaryFolder()
            try FileManager.default.copyItem(
                at: Self.project.appendingPathComponent("Tools/samples/articles.jsonl"),
                to: URL(fileURLWithPath: place.path(of: "articles.jsonl")))
            let steps = try Self.steps()
            #expect(steps.count > 15)
            var script = "PATH=\((QuipuProcess.path as NSString).deletingLastPathComponent):$PATH\n"
            for (number, step) in steps.enumerated() {
                script += "echo \"== \(number)\"\n\(step.command)\n[ $? -eq 0 ] || echo \"== failed\"\n"
            }
            let path = try place.write(script, to: "tour")
            let outcome = try ChildProgram(
                ["/bin/bash", "-c", "exec bash '\(path)' 2>&1"], in: place.path,
                environment: QuipuProcess.environment(
                    adding: ["QUIPU_AUTHOR": "Ana", "EDITOR": "true", "HOME": place.path])
            ).finish()
            let parts = outcome.output.split(separator: "== ").dropFirst(0)
            #expect(!outcome.output.contains("== failed"), "\(outcome.output)")
            #expect(parts.count == steps.count)
            for (step, part) in zip(steps, parts) {
                let printed = part.split(separator: "\n").dropFirst().map { Self.normalized(String($0)) }
                for line in step.shown {
                    let wanted = Self.normalized(line)
                    #expect(
                        printed.contains { $0 == wanted || $0.hasPrefix(wanted) },
                        "\(step.command): \(wanted) in \(printed)")
                }
            }
        }
    }
}
