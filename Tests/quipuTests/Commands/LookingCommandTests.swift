import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@testable import quipu

struct LookingCommandTests {
    let bench: CommandBench

    init() throws {
        bench = try CommandBench()
    }

    @Test func `an empty archive suggests the next step`() throws {
        let made = try bench.object("init", "--name", "reports")
        #expect(made["name"] == "reports")
        #expect(made["archive"]?.string?.count == 32)
        #expect(made["replica"]?.string?.count == 32)
        #expect(made["path"]?.string?.hasSuffix("/archive") == true)
        #expect(try bench.run("list").output == "no records yet; quipu import FILE\n")
        #expect(try bench.run("conflicts").output == "no conflicts\n")
        #expect(try bench.run("conflicts").code == .done)
        #expect(try bench.run("--json", "list").output == "")
        #expect(try bench.run("-q", "list").output == "")
    }

    @Test func `records of several kinds with one id are each named with their kind`() throws {
        try bench.run("init")
        let id = try bench.id("add", "article", "title=One", "body=Clean water at last")
        let folder = try #require(ArchiveFolder.at(bench.folder.path(of: "archive")))
        do {
            let store = try Store(opening: folder, environment: bench.world.environment())
            let twin = Edit(
                id: try #require(RecordID(text: id)), kind: "note",
                changes: [.init(field: "text", json: Array("\"twin\"".utf8))])
            _ = try store.edit([twin], author: "eve")
        }
        let refused = try bench.run("show", id)
        #expect(refused.code == .failed)
        #expect(refused.errors.contains("article:\(id)") && refused.errors.contains("note:\(id)"))
        #expect(try bench.object("show", "article:\(id)")["kind"] == "article")
        #expect(try bench.object("show", "note:\(id)")["kind"] == "note")
        let handle = try bench.object("show", "article:\(id)")["handle"]?.string ?? ""
        #expect(try bench.object("show", "article:\(handle)")["id"]?.string == id)
        for words in [
            ["set", "article:\(id)", "title=Two"], ["tag", "article:\(id)", "+x"],
            ["history", "article:\(id)"],
            ["annotate", "article:\(id)", "--quote", "water", "--note", "n"], ["delete", "note:\(id)"],
            ["restore", "note:\(id)"],
            ["diff", "article:\(id)"],
        ] {
            let result = try bench.run(words)
            #expect(result.code == .done, "\(words): \(result.errors)")
        }
        #expect(try bench.run("show", "collection:\(id)").errors.contains("there is no record"))
        #expect(try bench.run("help", "set").output.contains("article:ID"))
    }

    @Test func `the changes of each replica are listed, most first`() throws {
        let made = try bench.object("init")
        #expect(try bench.run("--json", "status", "--who").output == "")
        _ = try bench.id("add", "article", "title=One", "body=Clean water at last")
        _ = try bench.id("add", "note", "text=two")
        let listed = try bench.object("status", "--who")
        #expect(listed["replica"] == made["replica"])
        #expect(listed["author"] == "ana")
        #expect(listed["changes"] == 2)
        #expect(listed["bytes"]?.number ?? 0 > 40)
    }

    @Test func `a command without an archive says so and how to make one`() throws {
        let result = try bench.run("--json", "list")
        #expect(result.code == .failed)
        #expect(try JSONParser().parse(result.errors)["error"] == "no-archive")
        bench.variables["QUIPU_ARCHIVE"] = bench.folder.path(of: "archive")
        #expect(try bench.run("list").errors.contains("QUIPU_ARCHIVE"))
        #expect(try bench.run("init").code == .done)
        #expect(try bench.run("init").errors.contains("there is an archive already"))
        #expect(try bench.run("list", at: ".").code == .done)
    }

    @Test func `status counts the records, conflicts and missing texts`() throws {
        try bench.run("init", "--name", "test")
        try bench.run("add", "article", "title=One")
        try bench.run("add", "article", "title=Two")
        let status = try bench.object("status")
        #expect(status["records"] == ["article": 2])
        #expect(status["conflicts"] == 0)
        #expect(status["digest"]?.string?.count == 32)
        #expect(status["missingTexts"] == 0)
        #expect(status["remotes"] == [])
        #expect(try bench.run("status").output.contains("2 articles"))
    }

    @Test func `status reports how far a mirror is behind`() throws {
        try bench.run("init", "--name", "test")
        try bench.run("add", "article", "title=One")
        try bench.store("archive").remotes.add(name: "origin", location: "/media/stick")
        let remote = try bench.object("status")["remotes"]?[0]
        #expect(
            remote == [
                "name": "origin", "url": "/media/stick", "insecure": false, "ahead": 1, "aheadAtMost": false,
                "behind": nil,
                "lastSync": nil, "clock": nil,
            ])
        #expect(try bench.run("status").output.contains("never"))
    }

    @Test func `words are found and marked`() throws {
        try bench.run("init", "--name", "test")
        let id = try bench.id("add", "article", "title=Lenín in the north", "body=Forty workers left.")
        try bench.run("add", "article", "title=Other")
        let hit = try bench.object("search", "lenin", "workers")
        #expect(hit["id"] == .string(id))
        #expect(try bench.object("search", "fort*")["snippet"] == "[Forty] workers left.")
        #expect(try bench.run("search", "nothing").output == "nothing found\n")
        #expect(try bench.run("search", "!").code == .done)
    }

    @Test func `no content of a record reaches the terminal unsanitized`() throws {
        try bench.run("init", "--name", "test")
        let id = try bench.id("add", "article", "title=a\u{1B}[2Jb\nc", "body=x\u{9B}31my")
        // Only other programs give a field or a tag such a name.
        let file = bench.folder.path(of: "foreign.jsonl")
        try #"{"title":"Foreign","x-\u001bc":1,"tags":["\u001b[1m"]}"#.write(
            toFile: file, atomically: true, encoding: .utf8)
        let imported = try bench.run("import", file)
        let foreign = try #require(try bench.object("search", "foreign")["id"]?.string)
        var results = [imported]
        for id in [id, foreign] {
            for command in [
                ["list"], ["show", id], ["log"], ["history", id], ["diff", id], ["search", "a*"],
                ["delete", id],
            ] {
                results.append(try bench.run(command))
            }
        }
        for result in results {
            #expect(
                !(result.output + result.errors).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" })
        }
    }

    @Test func `the log is newest first and bounded`() throws {
        try bench.run("init", "--name", "test")
        for number in 1...3 { try bench.run("add", "note", "text=\(number)") }
        let entries = try bench.run("--json", "log", "--limit", "2").json
        #expect(entries.count == 2)
        #expect(entries[0]["version"]?.string?.hasSuffix(":3") == true)
        #expect(entries[0]["fields"] == ["text"])
        #expect(entries[0]["records"]?[0]?["kind"] == "note")
        #expect(entries[0]["timeMilliseconds"] == 1_767_225_604_000)
        #expect(try bench.run("--json", "log", "--limit", "0").json.count == 3)
        #expect(try bench.run("log", "--limit", "2").errors.contains("there is more"))
    }
}
