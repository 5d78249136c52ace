import Testing

@testable import quipu

/// What may stand at the end of an unfinished command line.
struct CompletionPointTests {
    private func words(_ words: String...) -> [String] {
        CommandSet.quipu.completionPoint(for: words).candidates.map(\.text)
    }

    private func values(_ words: String...) -> ValueKind {
        CommandSet.quipu.completionPoint(for: words).values
    }

    @Test func `completion of the first word suggests commands`() {
        #expect(words("st") == ["status"])
        #expect(words("re") == ["read", "restore", "redo", "revert", "resolve", "remote"])
        #expect(words("").contains("help") && !words("").contains("complete"))
        #expect(words("--archive", "press", "sta") == ["status"])
        #expect(words("nosuch", "") == [])
    }

    @Test func `completion after a group's name suggests its commands`() {
        #expect(words("remote", "lo") == ["login", "logout"])
        #expect(words("help", "remote", "lo") == ["login", "logout"])
        #expect(values("remote", "remove", "") == .remote)
        #expect(words("feed", "") == ["add", "list", "fetch", "remove"])
    }

    @Test func `completion after help suggests commands and topics`() {
        #expect(words("help", "sy") == ["sync"])
        #expect(words("help", "glo") == ["glossary"])
    }

    @Test func `completion suggests the command's options that are not given yet`() {
        #expect(words("list", "--k") == ["--kind"])
        #expect(words("list", "--kind", "note", "--k") == [])
        #expect(words("annotate", "x", "--tag", "a", "--ta") == ["--tag"])
        #expect(words("list", "--as") == [] && words("set", "--as") == ["--as"])
        #expect(words("list", "--", "--k") == [])
    }

    @Test func `completion after an option with choices suggests the choices`() {
        #expect(words("import", "a", "--format", "j") == ["jsonl"])
        #expect(words("import", "a", "--format=j") == ["--format=jsonl"])
        #expect(words("resolve", "x", "title", "--take", "") == ["current", "both", "merged"])
        #expect(values("list", "--tag", "") == .tag)
        let point = CommandSet.quipu.completionPoint(for: ["--archive", "a", "list", "--tag=ri"])
        #expect(point.prefix == "--tag=" && point.typed == "ri" && point.archive == "a")
    }

    @Test func `completion suggests what the argument at that position takes`() {
        #expect(values("show", "") == .record && values("restore", "3k") == .deletedRecord)
        #expect(values("tag", "x", "-") == .signedTag && values("tag", "x", "+a", "") == .signedTag)
        #expect(values("show", "x", "") == .record && values("history", "x", "") == .anything)
        #expect(values("tag", "x", "3k") == .record && values("tag", "--query", "x", "-") == .signedTag)
        #expect(values("attach", "") == .record && values("attach", "x", "") == .file)
        #expect(values("tags", "merge", "a", "") == .tag && words("tags", "") == ["list", "rename", "merge"])
        #expect(values("purge", "x", "y", "") == .deletedRecord)
        #expect(values("set", "") == .record && values("set", "3k") == .record)
        #expect(values("set", "x", "") == .assignment && values("set", "x", "ti") == .assignment)
        #expect(values("add", "note", "") == .assignment && words("add", "no") == ["note"])
        #expect(values("undo", "") == .entry && values("undo", "ab") == .entry)
        #expect(values("why", "x", "") == .field && values("resolve", "x", "ti") == .field)
        #expect(values("merge", "x", "") == .record)
    }

    @Test func `every argument for a record, remote, file or folder is declared for completion`() {
        for (path, leaf) in CommandSet.quipu.leaves {
            for argument in leaf.declaration.arguments {
                switch argument.name {
                case "ID" where path.first != "token":
                    #expect(
                        [.record, .deletedRecord, .recordInConflict].contains(argument.takes), "\(path)")
                case "FILE", "PATH": #expect(argument.takes == .file, "\(path)")
                case "DIR": #expect(argument.takes == .folder, "\(path)")
                case "REMOTE": #expect(argument.takes == .remote, "\(path)")
                default: break
                }
            }
            for option in leaf.declaration.options + GlobalOptions.declarations {
                switch option.value {
                case "FILE": #expect(option.takes == .file, "\(path) --\(option.name)")
                case "DIR": #expect(option.takes == .folder, "\(path) --\(option.name)")
                case "REMOTE": #expect(option.takes == .remote, "\(path) --\(option.name)")
                case "TAG": #expect(option.takes == .tag, "\(path) --\(option.name)")
                default: break
                }
            }
        }
    }
}
