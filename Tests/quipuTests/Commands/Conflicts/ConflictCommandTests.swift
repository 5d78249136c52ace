import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Testing

@testable import quipu

struct ConflictCommandTests {
    let bench: CommandBench
    let id: String

    /// Two mirrors that gave one article different titles and texts.
    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        id = try bench.id("add", "article", "title=One", "body=First.")
        try bench.mirror(in: "mirror")
        try bench.run("set", id, "title=Uno", "body=Text by ana.")
        try bench.run("set", id, "title=Ein", "body=Text by luis.", "--as", "luis", at: "mirror")
        try bench.sync("mirror")
    }

    @Test func `a conflict is listed with its values, their authors and the value before`() throws {
        let result = try bench.run("--json", "conflicts", id)
        #expect(result.code == .conflictsOpen)
        let title = try result.json[1]
        #expect(title["id"] == .string(id))
        #expect(title["kind"] == "article")
        #expect(title["field"] == "title")
        #expect(title["current"]?["value"] == "Ein")
        #expect(title["current"]?["author"] == "luis")
        #expect(title["others"]?[0]?["value"] == "Uno")
        #expect(title["ancestor"]?["value"] == "One")
        #expect(try bench.object("show", id)["conflicted"] == true)
        #expect(try bench.run("list").output.contains("conflict"))
        #expect(try bench.run("conflicts").output.contains("title --take current|1\n"))
    }

    @Test(arguments: [
        (["--take", "current"], "Ein"), (["--take", "1"], "Uno"),
        (["--value", "Eins"], "Eins"),
    ])
    func `a choice resolves the conflict everywhere`(words: [String], title: String) throws {
        let settled = try bench.run(["--json", "resolve", id, "title"] + words).json[0]
        #expect(settled["closed"]?[0]?["field"] == "title")
        #expect(settled["closed"]?[0]?["versions"]?.array?.count == 2)
        try bench.sync("mirror")
        for place in ["archive", "mirror"] {
            #expect(try bench.object("show", id, at: place)["fields"]?["title"] == .string(title))
            #expect(try bench.run("--json", "conflicts", at: place).json.map { $0["field"] } == ["body"])
        }
        #expect(try bench.run("resolve", id, "--take", "1").code == .done)
        #expect(try bench.run("conflicts").code == .done)
    }

    @Test func `a value that its kind does not take can be chosen, since it is there already`() throws {
        let record = try bench.store("mirror").find(id)
        let change = Edit.Change(field: "date", json: Array("5".utf8))
        try bench.run("set", id, "date=2026")
        _ = try bench.store("mirror").edit(
            [Edit(id: record.id, kind: record.kind, changes: [change])], author: "luis")
        try bench.sync("mirror")
        let isCurrent = try bench.object("show", id)["fields"]?["date"] == 5
        #expect(try bench.run("resolve", id, "date", "--take", isCurrent ? "current" : "1").code == .done)
        #expect(try bench.object("show", id)["fields"]?["date"] == 5)
    }

    @Test func `setting the field resolves the conflict too and says so`() throws {
        #expect(try bench.run("set", id, "title=Ein").output.contains("the conflict over title is settled"))
        #expect(try bench.object("set", id, "body=New.")["closed"]?[0]?["field"] == "body")
        #expect(try bench.run("conflicts").code == .done)
    }

    @Test(arguments: [
        (["resolve", "ID", "--take", "1"], "usage"), (["resolve", "ID", "title"], "usage"),
        (["resolve", "ID", "title", "--take", "2"], "usage"),
        (["resolve", "ID", "title", "--take", "0"], "usage"),
        (["resolve", "ID", "title", "--take", "1", "--value", "x"], "usage"),
        (["resolve", "ID", "titel", "--take", "1"], "not-in-conflict"),
        (["resolve", "ID", "doi", "--value", "x"], "not-in-conflict"),
    ])
    func `a command that would resolve nothing is refused`(words: [String], code: String) throws {
        let result = try bench.run(["--json"] + words.map { $0 == "ID" ? id : $0 })
        #expect(try JSONParser().parse(result.errors)["error"] == .string(code))
        #expect(try bench.run("--json", "conflicts").json.count == 2)
    }

    @Test func `resolve asks conflict by conflict on a terminal`() throws {
        bench.isTerminal = true
        bench.typed = ["what?", "both", "value", "Mine", "yes"]
        let result = try bench.run("resolve", id)
        #expect(result.code == .done)
        #expect(result.output.contains("current, 1, both, pieces, value, edit, skip, back, quit, ?> "))
        #expect(result.output.contains("current, 1, pieces, value, edit, skip, back, quit, ?> "))
        #expect(result.output.contains("settled 2 conflicts: "))
        bench.isTerminal = false
        let fields = try bench.object("show", id)["fields"]
        #expect(fields?["title"] == "Mine")
        #expect(fields?["body"] == "Text by luis.\n\nText by ana.")
        #expect(try bench.run("conflicts").code == .done)
    }

    @Test(arguments: [
        [], ["quit"], ["skip", "skip"], ["1"], ["1", "1"], ["1", "1", "no"], ["1", "quit", "no"],
        ["pieces", "left"],
        ["both", "back"],
    ])
    func `an unanswered question changes nothing`(typed: [String]) throws {
        bench.isTerminal = true
        bench.typed = typed
        #expect(try bench.run("resolve", id).code == .done)
        #expect(try bench.run("conflicts").code == .conflictsOpen)
    }

    @Test(arguments: [("current", true), ("1", false)])
    func `a record deleted on one side and edited on the other stays deleted or is restored`(
        choice: String, stays: Bool
    )
        throws
    {
        let other = try bench.id("add", "article", "title=Two")
        try bench.sync("mirror")
        try bench.run("delete", other)
        try bench.run("set", other, "date=2026", "--as", "luis", at: "mirror")
        try bench.sync("mirror")
        let conflict = try bench.object("conflicts", other)
        #expect(conflict["field"] == "deleted")
        #expect(conflict["others"]?[0]?["field"] == "date")
        #expect(try bench.run("resolve", other, "--take", "both").code == .usage)
        #expect(try bench.object("resolve", other, "--take", choice)["changed"] == true)
        let shown = try bench.object("show", other)
        #expect(shown["deleted"] == .bool(stays))
        #expect(shown["conflicted"] == false)
        #expect(shown["fields"]?["date"] == "2026")
    }

    @Test func `people see fifty conflicts and how to list all, and programs see all`() throws {
        let others = (1...60).map { RecordID(rawValue: UInt128($0)) }
        func edit(_ title: String, at archive: String) throws {
            let change = Edit.Change(field: "title", json: canonicalString(title))
            let edits = others.map { Edit(id: $0, kind: "article", changes: [change]) }
            _ = try bench.store(archive).edit(edits, author: "ana")
        }
        try edit("One", at: "archive")
        try bench.sync("mirror")
        for (archive, title) in [("archive", "Uno"), ("mirror", "Ein")] { try edit(title, at: archive) }
        try bench.sync("mirror")

        func count(_ words: String...) throws -> Int {
            try bench.run(words).output.components(separatedBy: "settle it: ").count - 1
        }
        #expect(try count("conflicts") == 50)
        #expect(
            try bench.run("conflicts").errors
                == "there are more, 62 conflicts in all: quipu conflicts --limit 0\n")
        #expect(try count("conflicts", "--limit", "0") == 62)
        #expect(try count("conflicts", "-n", "3") == 3)
        #expect(try count("conflicts", "-n", "62") == 62)
        #expect(try bench.run("conflicts", "-n", "62").errors == "")
        #expect(try bench.run("--json", "conflicts").json.count == 62)
        #expect(try bench.run("--json", "conflicts", "-n", "3").json.count == 3)
        #expect(try bench.run("--json", "conflicts", id).json.count == 2)
    }

    @Test func `a revert resolves only the conflicts of the fields that it changes`() throws {
        try bench.run("resolve", id, "title", "--take", "current")
        try bench.run("set", id, "doi=10.1/x")
        let count = try bench.run("--json", "history", id).json.count
        try bench.run("revert", id, "--to", "\(count - 1)")
        #expect(try bench.run("--json", "conflicts").json.map { $0["field"] } == ["body"])
    }
}
