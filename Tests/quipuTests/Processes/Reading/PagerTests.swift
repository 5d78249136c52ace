import Foundation
import Support
import Testing

extension Processes {
    /// What is longer than the screen, at a terminal.
    struct PagerTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private static let direct = ["QUIPU_PAGER": "cat"]

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let articles = (1...45).map { #"{"id": "\#($0)", "title": "Article \#($0)", "body": "Text"}"# }
            try ana.quipu(
                "import", try place.write(articles.joined(separator: "\n"), to: "articles.jsonl"))
        }

        /// A pager that keeps what it is shown, and says when it ends.
        private func pager(_ script: String) throws -> [String: String] {
            let path = try place.write("#!/bin/sh\n" + script, to: "pager")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return ["PAGER": path]
        }

        private var shown: String? {
            try? String(contentsOfFile: place.path(of: "shown"), encoding: .utf8)
        }

        private func keeping() throws -> [String: String] {
            try pager("cat >'\(place.path(of: "shown"))'; echo the pager has ended")
        }

        @Test(arguments: [80, 120] as [UInt16])
        func `a listing that is longer than the screen goes to the pager whole`(columns: UInt16) throws {
            let printed = try ana.atTerminal(["list"], columns: columns, variables: Self.direct)
            #expect(printed.exitCode == 0 && printed.output.split(separator: "\n").count == 46)
            let paged = try ana.atTerminal(["list"], columns: columns, variables: try keeping())
            #expect(paged.exitCode == 0 && paged.output == "the pager has ended\n")
            #expect(shown == printed.output)
        }

        @Test func `help, a log and JSON go to the pager too`() throws {
            for words in [["help"], ["help", "sync"], ["list", "--json"]] {
                let variables = try keeping()
                #expect(try ana.atTerminal(words, variables: variables).output == "the pager has ended\n")
                #expect(shown == (try ana.atTerminal(words, variables: Self.direct).output))
            }
        }

        @Test func `a listing that fits on the screen is not paged, nor is anything with --no-pager`() throws
        {
            let variables = try keeping()
            let short = try ana.atTerminal(["log"], variables: variables)
            #expect(short.output.contains("import articles.jsonl") && shown == nil)
            let long = try ana.atTerminal(["list", "--no-pager"], variables: variables)
            #expect(long.output.contains("Article 45") && shown == nil)
        }

        @Test func `no pager runs without a terminal`() throws {
            let outcome = try QuipuProcess.run(
                ["list"], in: ana.folder, environment: ana.environment.merging(try keeping()) { $1 })
            #expect(outcome.output.contains("Article 45") && shown == nil)
        }

        @Test func `a pager that ends early is no error`() throws {
            let paged = try ana.atTerminal(["list"], variables: try pager("head -n 1"))
            #expect(paged.exitCode == 0)
            #expect(paged.output.contains("HANDLE") && paged.output.split(separator: "\n").count == 1)
        }

        @Test func `a pager that cannot be run loses no output, and is named if it was configured`() throws {
            let printed = try ana.atTerminal(["list"], variables: Self.direct).output
            let missing = try ana.atTerminal(["list"], variables: ["QUIPU_PAGER": "/no/such -R"])
            #expect(missing.exitCode == 0)
            #expect(
                missing.output == printed
                    + "quipu: warning: the pager '/no/such -R' cannot be run: No such file or directory\n")
            // The shell looks for this one, and says itself that it is not there.
            let unknown = try ana.atTerminal(["list"], variables: ["PAGER": "no-such-pager | cat"])
            #expect(unknown.exitCode == 0)
            let shell = try ana.atTerminal(["list"], variables: ["PAGER": "X=1 no-such-pager"])
            #expect(shell.exitCode == 0 && shell.output.hasSuffix(printed))
            // Nobody asked for less.
            #expect(try ana.atTerminal(["list"], variables: ["PATH": "/none"]).output == printed)
        }

        @Test func `advice is printed after the pager has ended`() throws {
            for number in 1...30 { try ana.quipu("add", "note", "text=\(number)") }
            let paged = try ana.atTerminal(["log", "--limit", "30"], variables: try keeping())
            #expect(paged.output == "the pager has ended\nthere is more: quipu log --limit 0\n")
        }

        @Test func `less gets the options that git gives it, unless LESS is set`() throws {
            let variables = try pager("cat >/dev/null; echo \"LESS is $LESS\"")
            #expect(try ana.atTerminal(["list"], variables: variables).output == "LESS is FRX\n")
            let own = try ana.atTerminal(["list"], variables: variables.merging(["LESS": "i"]) { $1 })
            #expect(own.output == "LESS is i\n")
        }
    }
}
