import Foundation
import Glibc
import Support
import Testing

extension Processes {
    /// How far long work is, at a terminal, and what is said when it is interrupted.
    struct ProgressTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let articles: String

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let text = String(repeating: "The river came up to the high fields. ", count: 8)
            articles = try place.write(
                (1...3_000).map { #"{"id": "\#($0)", "title": "Article \#($0)", "body": "\#($0) \#(text)"}"# }
                    .joined(separator: "\n"), to: "articles.jsonl")
        }

        @Test func `import, search, export, verify and compact show their progress`() throws {
            for (words, pattern) in [
                (["import", articles], /[0-9]+ read, [0-9]+ %.*…/),
                (["search", "river", "-n", "1"], /[0-9]+ records? indexed, [0-9]+ %.*…/),
                (["export", "-o", "out.jsonl"], /[0-9]+ written, [0-9]+ %.*…/),
                (["verify"], /[0-9]+ transactions? checked, [0-9]+ %.*…/),
            ] {
                let shown = try ana.atTerminal(words)
                #expect(shown.exitCode == 0, "\(shown)")
                let first = shown.output.split(separator: "\r").first { $0.hasSuffix("\u{1B}[K") }
                #expect(
                    first.flatMap { String($0.dropLast(3)).wholeMatch(of: pattern) } != nil,
                    "\(words): \(shown.output.debugDescription)")
            }
        }

        @Test func `no progress is shown without a terminal, with --quiet or with --json`() throws {
            #expect(try ana.quipu("import", articles).errors.isEmpty)
            for option in ["--quiet", "--json"] {
                #expect(!(try ana.atTerminal(["verify", option]).output.contains("checked,")))
            }
        }

        @Test(arguments: [[], ["--json"]] as [[String]])
        func `Ctrl-C reports what is kept and how to continue`(options: [String]) throws {
            let pipe = place.path(of: "pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let program = try TerminalProgram(
                ["sh", "-c", "exec \"$0\" import - \"$@\" <\"\(pipe)\"", QuipuProcess.path] + options,
                in: ana.folder, environment: QuipuProcess.environment(adding: ana.environment))
            let writer = open(pipe, O_WRONLY | O_CLOEXEC)
            defer { close(writer) }
            // More than a pipe holds: when it is written, the program is at work.
            let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: articles)).prefix(400_000))
            var written = 0
            while written < text.count {
                let count = text[written...].withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                written += count
            }
            program.type("\u{3}")
            #expect(try program.finish() == 128 + SIGINT)
            #expect(program.output.contains("what was imported so far is kept; go on with the same command"))
            #expect(
                program.output.contains(
                    options.isEmpty ? "quipu: interrupted\r\n" : #"{"error":"interrupted""#))
            // What it says is true: the rest comes, and nothing twice.
            try ana.quipu("import", articles)
            #expect(try ana.quipu("status", "--json").output.contains(#""article":3000"#))
        }
    }
}
