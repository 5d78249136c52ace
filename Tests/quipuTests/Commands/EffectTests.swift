import Foundation
import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// Whatever is accepted has an effect, or is refused.
struct EffectTests {
    let bench: CommandBench
    let id: String

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        id = try bench.id("add", "article", "title=One", "body=Some words", "tags/news=true")
    }

    /// Options and words that would change nothing where they stand.
    private static let refused: [[String]] = [
        ["list", "--as", "x"], ["log", "--as", "x"], ["show", "ID", "--as", "x"],
        ["search", "one", "--as", "x"], ["status", "--as", "x"], ["export", "--as", "x"],
        ["history", "ID", "--as", "x"], ["verify", "--as", "x"], ["doctor", "--as", "x"],
        ["compact", "--as", "x"], ["backup", "b", "--as", "x"], ["remote", "list", "--as", "x"],
        ["list", "--tag", "a", "--tag", "b"], ["list", "--kind", "note", "--kind", "article"],
        ["list", "--tag="], ["list", "--kind", ""], ["list", "--collection", ""], ["list", "--archive", ""],
        ["log", "-n", "-1"], ["log", "-n", "x"], ["search", "-n", "-1", "x"],
        ["search", "-n", "1", "-n", "2", "x"],
        ["tag", "ID", "B"], ["tag", "ID", "+"], ["tag", "ID"], ["tag", "+x"], ["tag"], ["set", "title=x"],
        ["set", "-", "body=-"], ["show"], ["delete"], ["restore"], ["tags", "rename", "a", "a"],
        ["tags", "merge", "a", "--into", "a"], ["tags", "--sort", "name", "rename", "a", "b"],
        ["init", "a", "--archive", "b"], ["clone", ".", "--archive", "b"], ["clone", ".", "d", "--login"],
        ["remote", "add", "office", "host.example.org"], ["remote", "add", "office", "host"],
        ["remote", "add", "office", "host.example.org:8420/press"], ["remote", "add", "office", ""],
        ["remote", "add", "office", "/tmp", "--ca", "/etc/hostname"],
        ["sync", "--dry-run", "--accept-deletions"], ["sync", "--dry-run", "--records-only"],
        ["sync", "--dry-run", "--attachments", "all"], ["sync", "--watch", "--dry-run"],
        ["serve", "--root", ".", "--archive", "a"], ["save", "ID", "-", "--json"],
        ["set", "ID", "x-n:=9007199254740993"], ["set", "ID", "x-n:=[1,0.12345678901234567891]"],
        ["set", "ID", "body=-", "title=-"], ["annotate", "ID", "--quote", "words", "--note", ""],
        ["annotate", "ID", "--quote", "words", "--occurrence", "0"], ["doctor", "--from", "office"],
        ["resolve", "ID", "--take", "1", "--value", "x"], ["resolve", "ID", "--take", "0"],
        ["export", "--format", "markdown"], ["export", "-o", ""],
        ["token", "add", "--role", "writer", "--admin"], ["import", "zotero:", "--map", "a=title"],
        ["import", "zotero:", "--format", "csv"], ["import", "zotero:Rivers", "--keep-originals"],
        ["tag", "ID", "+x", "-q"],
    ]

    @Test(arguments: refused)
    func `an option without an effect is refused as wrong usage`(words: [String]) throws {
        let before = try bench.run("log", "--json").output
        let result = try bench.run(words.map { $0 == "ID" ? id : $0 })
        #expect(result.code == .usage, "\(result)")
        #expect(result.errors.hasPrefix("quipu: ") || words.contains("--json"), "\(result)")
        #expect(try bench.run("log", "--json").output == before)
    }

    @Test(arguments: [
        (["list", "--kind", "artcle"], "unknown-kind"), (["list", "--kind", "nosuch"], "unknown-kind"),
        (["list", "--collection", "nosuch"], "unknown-record"), (["show", "zzzz"], "unknown-record"),
        (["set", "ID", "language=english"], "wrong-type"), (["set", "ID", "language=en_US"], "wrong-type"),
        (["set", "ID", "url=example.org"], "wrong-type"), (["set", "ID", "url=https:example"], "wrong-type"),
        (["set", "ID", "url=localhost:8080/x"], "wrong-type"),
        (["set", "ID", "url=C:\\files"], "wrong-type"),
        (["set", "ID", "url:=\"two words: x\""], "wrong-type"), (["set", "ID", "doi=foo"], "wrong-type"),
        (["set", "ID", "doi=10.1000"], "wrong-type"), (["set", "ID", "body=@/no/such/file"], "input-output"),
        (["sync", "host.example.org"], "unknown-remote"),
    ])
    func `an impossible value is refused by its name`(words: [String], code: String) throws {
        let result = try bench.run(["--json"] + words.map { $0 == "ID" ? id : $0 })
        #expect(result.code == .failed)
        #expect(try JSONParser().parse(result.errors)["error"] == .string(code), "\(result)")
    }

    @Test(arguments: [
        "language=en", "language=pt-BR", "language=zh-Hant-TW", "language=x-klingon", "language=de-x-a",
        "url=https://example.org", "url=http://münchen.example/straße?a=1#b", "url=urn:isbn:0451450523",
        "url=mailto:ana@example.org", "doi=10.1000/182", "doi=https://doi.org/10.1000/182", "language:=null",
    ])
    func `languages, addresses and DOIs are accepted in all their forms`(assignment: String) throws {
        #expect(try bench.run("set", id, assignment).code == .done)
    }

    @Test(arguments: [
        ("language=PT-br", "pt-BR"), ("language=ZH-hant-tw", "zh-Hant-TW"), ("language=DE-X-AB", "de-x-ab"),
        ("doi=https://doi.org/10.1000/ABC", "10.1000/abc"),
        ("url=https://Example.org/?utm_source=x", "https://Example.org/?utm_source=x"),
    ])
    func `set reports the canonical spelling of a language or DOI that it stores`(
        assignment: String, kept: String
    ) throws {
        let result = try bench.run("set", id, assignment)
        let field = String(assignment.prefix { $0 != "=" })
        #expect(try bench.object("show", id)["fields"]?[field] == .string(kept))
        #expect(result.output.contains("\(field) is kept as \(kept)") == (field != "url"))
    }

    @Test(arguments: [
        ("language=en_us", "did you mean: language=en-US"),
        ("url=example.org/a", "did you mean: url=https://example.org/a"),
        ("doi=see 10.1000/X", "did you mean: doi=10.1000/x"),
        ("language=english", "write for example: language=pt-BR"),
    ])
    func `a value that is nearly right is refused with the right one`(assignment: String, hint: String)
        throws
    {
        let result = try bench.run("set", id, assignment)
        #expect(result.code == .failed && result.errors.contains(hint), "\(result)")
    }

    @Test func `an unused tag is reported with the most similar tag`() throws {
        let result = try bench.run("list", "--tag", "newz", "--quiet")
        #expect(result.code == .done)
        #expect(result.errors.contains("no record was ever tagged 'newz'; did you mean 'news'?"))
        #expect(try bench.run("list", "--tag", "newz", "--json").errors.contains("\"warning\""))
        #expect(try bench.run("list", "--tag", "news").errors.isEmpty)
    }

    @Test func `a value is read from a file after @, and @@ begins a text with @`() throws {
        let path = bench.folder.path(of: "text")
        try "\u{FEFF}Grüße\r\n\r\nzwei\r\n".write(toFile: path, atomically: false, encoding: .utf8)
        try bench.run("set", id, "body=@\(path)", "author=@@ana", "x-at=@")
        let fields = try bench.object("show", id)["fields"]
        #expect(fields?["body"] == "Grüße\r\n\r\nzwei")
        #expect(fields?["author"] == "@ana")
        #expect(fields?["x-at"] == "@")
        try Data([0xFF, 0x00]).write(to: URL(fileURLWithPath: path))
        #expect(try bench.run("set", id, "body=@\(path)").errors.contains("is not UTF-8 text"))
    }

    @Test func `the option --as is accepted and documented only by commands that edit`() throws {
        try bench.run("set", id, "title=Two", "--as", "Ben")
        #expect(try bench.run("log", "-n", "1").output.contains("Ben"))
        for (path, leaf) in CommandSet.quipu.leaves {
            let help = try CommandSet.quipu.helpText(for: path, width: 80)
            #expect(help.contains("--as NAME") == leaf.declaration.makesEdits, "\(path)")
        }
    }

    @Test func `no command accepts an option of one value twice or empty`() throws {
        for (path, leaf) in CommandSet.quipu.leaves {
            for option in leaf.declaration.options + GlobalOptions.declarations where option.value != nil {
                let value = option.choices.first ?? "1"
                #expect(throws: UsageError.self, "\(path) --\(option.name)") {
                    try CommandSet.quipu.parse(path + ["--\(option.name)="])
                }
                if option.isRepeated { continue }
                let twice = #expect(throws: UsageError.self, "\(path) --\(option.name)") {
                    try CommandSet.quipu.parse(path + ["--\(option.name)", value, "--\(option.name)", value])
                }
                #expect(twice?.message == "--\(option.name) is given twice", "\(path)")
            }
        }
    }
}
