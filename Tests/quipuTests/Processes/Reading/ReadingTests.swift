import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A text and what others wrote on it, at a terminal and elsewhere.
    struct ReadingTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let article: String
        private static let body = """
            The river came up to the high fields on the eleventh of April. Two hundred families had taken turns at the \
            channel since the winter, and forty workers had dug with them.

            日本語の長い文章はスペースなしで続きますが、それでも八十桁以内で折り返されなければなりません。

            End.
            """

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place, variables: ["QUIPU_PAGER": "cat"])
            try ana.quipu("init", "--name", "press")
            article =
                try ana.quipu("add", "article", "title=The channel", "body=\(Self.body)", "--quiet")
                .output.split(separator: "\n").first.map(String.init) ?? ""
            try ana.quipu("annotate", article, "--quote", "forty workers", "--note", "Who saw it?")
            try ana.quipu("annotate", article, "--quote", "Two hundred families", "--tag", "question")
        }

        @Test(arguments: [80, 120] as [UInt16])
        func `no line of a text is wider than 80 columns, and no word is broken`(columns: UInt16) throws {
            let read = try ana.atTerminal(
                ["read", article], columns: columns, variables: ["NO_COLOR": "1"])
            #expect(read.exitCode == 0)
            let lines = read.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(
                lines.prefix(4) == [
                    "The river came up to the high fields on the eleventh of April. [Two hundred",
                    "families]¹ had taken turns at the channel since the winter, and [forty workers]²",
                    "had dug with them.", "",
                ])
            // A wide character takes two columns.
            #expect(lines[4].count == 40 && lines[5].count == 7)
        }

        @Test func `a narrow terminal gets narrower lines`() throws {
            let read = try ana.atTerminal(["read", article], columns: 40)
            #expect(read.output.hasPrefix("The river came up to the high fields on\nthe eleventh of April. "))
        }

        @Test func `quoted passages are underlined on a terminal with styles`() throws {
            let read = try ana.atTerminal(["read", article], variables: ["TERM": "xterm"])
            #expect(
                read.output.contains("\u{1B}[4mTwo hundred\u{1B}[0m\n\u{1B}[4mfamilies\u{1B}[0m¹ had taken"))
            #expect(!read.output.contains("[Two"))
        }

        @Test func `a text is written to a pipe as it is stored`() throws {
            #expect(try ana.quipu("read", article).output == Self.body + "\n")
            #expect(try ana.json("read", article)["text"]?.string == Self.body)
            let empty = try ana.quipu("add", "article", "title=Empty", "--quiet").output
            let refusal = try ana.refusal("read", String(empty.dropLast()))
            #expect(refusal.error == "text-missing" && refusal.hint.contains("quipu show"))
        }

        @Test func `show gives remarks with their author and day, and ids last`() throws {
            let shown = try ana.quipu("show", article).output
            #expect(shown.hasPrefix("The channel\n"))
            let parts = shown.split(separator: "\nAnnotations\n")
            #expect(parts.count == 2)
            #expect(parts.first?.contains("[Two hundred families]¹") == true)
            let lines = parts.last?.split(separator: "\n").map(String.init) ?? []
            #expect(lines.first == "¹   “Two hundred families”")
            #expect(lines[1].hasPrefix("    ana, 20") && lines[1].contains("[question]  annotation "))
            #expect(lines[2...3] == ["²   “forty workers”", "    Who saw it?"])
            #expect(
                lines.suffix(3).map { $0.prefix(12) } == ["article     ", "id          ", "version     "])
            let dependents = try ana.json("show", article)["annotations"]
            #expect(dependents?[0]?["author"] == "ana" && dependents?[0]?["byProgram"] == false)
        }

        @Test func `times are local with their zone, in UTC on request, and always in UTC for programs`()
            throws
        {
            func log(_ words: String..., zone: String) throws -> String {
                try QuipuProcess.run(
                    ["log", "-n", "1"] + words, in: ana.folder,
                    environment: ana.environment.merging(["TZ": zone]) { $1 }
                ).output
            }
            func minutes(_ text: String) -> Int? {
                let parts = text.dropFirst(11).prefix(5).split(separator: ":").compactMap { Int($0) }
                return parts.count == 2 ? parts[0] * 60 + parts[1] : nil
            }
            let utc = try log("--utc", zone: "EEE-5:30")
            let local = try log(zone: "EEE-5:30")
            #expect(utc.contains(" UTC  ana") && local.contains(" +0530  ana"))
            #expect(((minutes(local) ?? 0) - (minutes(utc) ?? 0) + 1_440) % 1_440 == 330)
            // Without data on a zone there is only UTC.
            #expect(try log(zone: "Nowhere/Atall") == utc)
            #expect(try log("--json", zone: "EEE-5:30") == (try log("--json", zone: "UTC")))
        }
    }
}
