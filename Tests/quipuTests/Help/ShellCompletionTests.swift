import Foundation
import Support
import Testing

@testable import quipu

extension Processes {
    /// The completion scripts in the shells that they are for.
    struct ShellCompletionTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let handle: String

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let added = try ana.quipu(
                "add", "article", "title=Water: the river's way", "tags/river bank=true", "tags/rain=true",
                "x-shelf=3", "--quiet")
            handle = String(
                try ana.quipu("list").output.split(whereSeparator: \.isWhitespace).first {
                    $0.count == 8 && $0 != "HANDLE"
                } ?? "")
            try #require(!handle.isEmpty, "\(added)")
            try ana.quipu("add", "collection", "name=Press cuttings")
            try ana.quipu("remote", "add", "office", "http://127.0.0.1:1/press")
            try FileManager.default.createDirectory(
                atPath: ana.folder + "/letters", withIntermediateDirectories: false)
        }

        private var environment: [String: String] {
            let folder = (QuipuProcess.path as NSString).deletingLastPathComponent
            return QuipuProcess.environment(adding: [
                "PATH": folder + ":/usr/local/bin:/usr/bin:/bin", "HOME": place.path, "TERM": "xterm",
                "PS1": "> ",
            ])
        }

        private func shell(_ words: String...) throws -> [String] {
            let program = try ChildProgram(words, in: ana.folder, environment: environment)
            let ending = try program.finish()
            #expect(ending.errors.isEmpty && ending.exitCode == 0, "\(ending)")
            return ending.output.split(separator: "\n").map(String.init)
        }

        /// - Parameter words: as bash has cut the line, each in quotes.
        private func bash(_ words: String, type: Int = 9) throws -> [String] {
            try shell(
                "bash", "--norc", "-c",
                """
                source <(quipu completion bash)
                COMP_WORDS=(quipu \(words)) COMP_TYPE=\(type)
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _quipu
                [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' "${COMPREPLY[@]}"
                """)
        }

        @Test func `bash completes commands, options and what the archive has`() throws {
            #expect(try bash("sta") == ["status"])
            #expect(try bash("remote lo") == ["login", "logout"])
            #expect(try bash("import x --format = j") == ["jsonl"])
            #expect(try bash("show ''").contains(handle))
            #expect(try bash("show \(handle.prefix(2))") == [handle])
            #expect(try bash("show article : \(handle.prefix(1))") == [handle])
            #expect(try bash("list --tag r") == ["rain", "river\\ bank"])
            #expect(try bash("list --tag = ri") == ["river\\ bank"])
            #expect(try bash("tag \(handle) -ra") == ["-rain"])
            #expect(try bash("list --collection P") == ["Press\\ cuttings"])
            #expect(try bash("sync o") == ["office"])
            #expect(try bash("import le") == ["letters"])
            #expect(try bash("set \(handle) ti") == ["title="])
            #expect(try bash("set \(handle) title = W") == [])
            #expect(try bash("set \(handle) x") == ["x-shelf="])
            #expect(try bash("add note t").contains("text="))
            #expect(try bash("why \(handle) tags/ra") == ["tags/rain"])
            // Bash has cut the entry at its colon: only what follows is given back.
            #expect(try bash("undo ''").contains { $0.hasSuffix(":1") })
            let listed = try bash("show ''", type: 63)
            #expect(listed.contains { $0.hasPrefix(handle) && $0.hasSuffix("(Water: the river's way)") })
        }

        @Test func `bash puts what Tab found into the line`() throws {
            let bash = try TerminalProgram(
                ["/bin/bash", "--norc", "--noprofile", "-i"], in: ana.folder, environment: environment)
            bash.type("source <(quipu completion bash); echo re''ady\r")
            try bash.wait(for: "ready")
            bash.type("quipu show \(handle.prefix(3))\t")
            try bash.wait(for: "quipu show \(handle)")
            bash.type("\rexit\r")
            try bash.wait(for: "Water: the river's way")
            #expect(try bash.finish() == 0)
        }

        @Test func `zsh completes commands, options and what the archive has`() throws {
            func zsh(_ words: String, prefix: String) throws -> [String] {
                try shell(
                    "zsh", "-f", "-c",
                    """
                    compdef() { : }
                    compset() { : }
                    compadd() { print -rl -- "${texts[@]}" }
                    _files() { print -r -- "files $*" }
                    source <(quipu completion zsh)
                    words=(quipu \(words) '\(prefix)') PREFIX='\(prefix)'
                    CURRENT=${#words}
                    _quipu
                    """)
            }
            #expect(try zsh("", prefix: "sta") == ["status"])
            #expect(try zsh("import x", prefix: "--format=j") == ["--format=jsonl"])
            #expect(try zsh("show", prefix: "").contains(handle))
            #expect(try zsh("set \(handle)", prefix: "ti") == ["title="])
            #expect(try zsh("undo", prefix: "").contains { $0.hasSuffix(":1") })
            #expect(try zsh("list --tag", prefix: "ri") == ["river bank"])
            #expect(try zsh("--archive '.' sync", prefix: "o") == ["office"])
            #expect(try zsh("import", prefix: "") == ["files "])
            #expect(try zsh("init", prefix: "") == ["files -/"])
        }

        @Test func `zsh puts what Tab found into the line`() throws {
            let zsh = try TerminalProgram(
                ["/usr/bin/zsh", "-f", "-i"], in: ana.folder, environment: environment)
            zsh.type("autoload -Uz compinit; compinit -u -D; source <(quipu completion zsh); echo re''ady\r")
            try zsh.wait(for: "ready")
            zsh.type("quipu show \(handle.prefix(3))\t\r")
            try zsh.wait(for: "Water: the river's way")
            zsh.type("exit\r")
            #expect(try zsh.finish() == 0)
        }

        @Test func `fish completes commands, options and what the archive has`() throws {
            func fish(_ line: String) throws -> [String] {
                try shell(
                    "fish", "--no-config", "-c", "quipu completion fish | source; complete -C '\(line)'")
            }
            #expect(try fish("quipu sta").map { $0.prefix { $0 != "\t" } } == ["status"])
            #expect(
                try fish("quipu show \(handle.prefix(2))") == ["\(handle)\tWater: the river's way"])
            #expect(try fish("quipu list --ta").first?.hasPrefix("--tag\t") == true)
            #expect(try fish("quipu list --tag ri") == ["river bank"])
            #expect(try fish("quipu set \(handle) ti").map { $0.prefix { $0 != "\t" } } == ["title="])
            #expect(try fish("quipu undo ").contains { $0.contains(":1\tadd article") })
            #expect(try fish("quipu import x --format=j") == ["--format=jsonl"])
            #expect(try fish("quipu import le").map { $0.prefix { $0 != "\t" } } == ["letters/"])
            #expect(try fish("quipu init le").map { $0.prefix { $0 != "\t" } } == ["letters/"])
        }

        @Test func `completion outside an archive prints nothing and creates no archive`() throws {
            let ben = try Machine("ben", in: place)
            let outcome = try ben.quipu("complete", "--", "show", "")
            #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
            #expect(try ben.quipu("complete", "--", "show", "--archive", "nowhere", "x").output.isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: ben.folder) == [])
        }

        @Test func `completion limits the number of suggestions`() throws {
            let lines = (0..<300).map {
                "{\"title\": \"Number \($0)\", \"url\": \"https://example.org/\($0)\"}"
            }
            try ana.quipu("import", try place.write(lines.joined(separator: "\n"), to: "many.jsonl"))
            let found = try ana.quipu("complete", "--", "show", "").output.split(separator: "\n")
            #expect(found.count == CompleteCommand.mostValues + 1)
            #expect(found.first == ":words" && found.dropFirst().allSatisfy { $0.contains("\tNumber ") })
        }
    }
}
