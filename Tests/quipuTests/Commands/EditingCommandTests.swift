import QuipuCanonicalJSON
import Testing

@testable import quipu

struct EditingCommandTests {
    let bench: CommandBench

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
    }

    @Test func `a record is added and shown with its fields`() throws {
        let id = try bench.id("add", "article", "title=One", "date=2026-03-04", "x-rating:=5")
        let shown = try bench.object("show", id)
        #expect(shown["id"] == .string(id))
        #expect(shown["kind"] == "article")
        #expect(shown["fields"] == ["date": "2026-03-04", "title": "One", "x-rating": 5])
        #expect(shown["conflicted"] == false)
        #expect(shown["deleted"] == false)
        #expect(try bench.object("show", shown["handle"]?.string ?? "") == shown)
    }

    @Test(arguments: [
        (["add", "artikel", "title=x"], "unknown-kind"), (["add", "article", "titel=x"], "unknown-field"),
        (["add", "article", "date=2026-02-30"], "wrong-type"),
        (["add", "article", "title:=5"], "wrong-type"),
        (["add", "article", "tags/x=maybe"], "wrong-type"),
        (["add", "article", "deleted=true"], "wrong-type"),
        (["add", "note", "target=zzzzzzzz"], "unknown-record"),
        (["add", "collection", "description=x"], "missing-field"),
        (["add", "article", "collections/Nowhere=true"], "unknown-record"), (["add", "article"], "usage"),
        (["add", "attachment", "target=x", "name=y"], "unknown-record"),
        (["set", "zzzz", "title=x"], "unknown-record"),
        (["add", "article", "title"], "usage"), (["add", "article", "body=x", "body=y"], "usage"),
    ])
    func `an invalid record is refused with its reason, and nothing is written`(words: [String], code: String)
        throws
    {
        let result = try bench.run(["--json"] + words)
        #expect(result.output == "")
        #expect(try JSONParser().parse(result.errors)["error"] == .string(code))
        #expect(result.code == (code == "usage" ? .usage : .failed))
        #expect(try bench.run("log").output.contains("nothing was done yet"))
    }

    @Test func `a mistyped field is answered with the right one`() throws {
        #expect(try bench.run("add", "article", "titel=x").errors.contains("did you mean 'title'?"))
        #expect(try bench.run("add", "artikle", "title=x").errors.contains("did you mean 'article'?"))
    }

    @Test func `setting a field to its current value writes nothing`() throws {
        let id = try bench.id("add", "article", "title=One")
        let before = try bench.object("show", id)["version"]
        let result = try bench.object("set", id, "title=One")
        #expect(result["changed"] == false)
        #expect(result["version"] == before)
        #expect(try bench.object("set", id, "title=Two")["version"] != before)
    }

    @Test func `several fields change in one transaction`() throws {
        let id = try bench.id("add", "article", "title=One", "doi=10.1/x")
        try bench.run("set", id, "title=Two", "doi:=null")
        #expect(
            try bench.run("--json", "history", id).json.map { $0["fields"] } == [
                ["doi", "title"], ["doi", "title"],
            ])
        #expect(try bench.run("show", id).output.contains("doi") == false)
    }

    @Test func `handles and names become ids where a field refers to a record`() throws {
        let collection = try bench.id("add", "collection", "name=War")
        let article = try bench.id("add", "article", "title=One", "collections/War=true")
        let handle = try bench.object("show", article)["handle"]?.string ?? ""
        let note = try bench.id("add", "note", "text=Hm", "target=\(handle)")
        #expect(try bench.object("show", note)["fields"]?["target"] == .string(article))
        #expect(try bench.object("show", article)["collections"] == ["War"])
        #expect(try bench.object("show", article)["fields"]?["collections/\(collection)"] == true)
        #expect(try bench.run("show", article).output.contains("collections War\n"))
        #expect(
            try bench.run("--json", "list", "--collection", "War").json.map { $0["id"] } == [.string(article)]
        )
        try bench.run("set", article, "collections/\(collection)=false")
        #expect(try bench.run("--json", "list", "--collection", "War").output == "")
    }

    @Test func `two collections cannot share a name`() throws {
        try bench.run("add", "collection", "name=War")
        let other = try bench.id("add", "collection", "name=Peace")
        #expect(try bench.run("add", "collection", "name=War").code == .failed)
        #expect(try bench.run("set", other, "name=War").code == .failed)
        #expect(try bench.run("set", other, "name=Peace").code == .done)
    }

    @Test func `tags are added and removed in normal form`() throws {
        let id = try bench.id("add", "article", "title=One")
        #expect(try bench.object("tag", id, "+cafe\u{301}", "+strike")["tags"] == ["café", "strike"])
        let result = try bench.run("tag", id, "-strike", "-draft")
        #expect(result.errors.contains("had no tag 'draft'"))
        #expect(result.code == .done)
        #expect(try bench.object("show", id)["tags"] == ["café"])
        #expect(try bench.run("--json", "list", "--tag", "cafe\u{301}").json.count == 1)
    }

    @Test func `a deleted record is shown as deleted, refuses edits and can be restored`() throws {
        let id = try bench.id("add", "article", "title=One", "body=First words.")
        try bench.run("annotate", id, "--quote", "First")
        #expect(try bench.run("delete", id).output.contains("its 1 annotation stays"))
        #expect(try bench.run("delete", id).output.contains("deleted already"))
        #expect(try bench.object("show", id)["deleted"] == true)
        #expect(try bench.run("--json", "set", id, "title=Two").errors.contains("\"deleted\""))
        #expect(try bench.run("--json", "list", "--deleted").json.map { $0["id"] } == [.string(id)])
        #expect(try bench.run("--json", "list", "--kind", "article").output == "")
        #expect(try bench.run("restore", id).code == .done)
        #expect(try bench.run("--json", "restore", id).errors.contains("not-deleted"))
        #expect(try bench.object("show", id)["deleted"] == false)
    }

    @Test func `the author comes from the option, the environment or the login, in this order`() throws {
        func lastAuthor() throws -> JSONValue? { try bench.object("log", "--limit", "1")["author"] }
        try bench.run("add", "note", "text=1")
        #expect(try lastAuthor() == "ana")
        bench.variables["QUIPU_AUTHOR"] = "luis"
        try bench.run("add", "note", "text=2")
        #expect(try lastAuthor() == "luis")
        try bench.run("add", "note", "text=3", "--as", "Noemi\u{301}")
        #expect(try lastAuthor() == "Noemí")
        #expect(try bench.run("add", "note", "text=4", "--as", "a\u{1B}[2Jb").code == .usage)
        #expect(
            try bench.run("add", "note", "text=4", "--as", String(repeating: "x", count: 257)).code
                == .usage)
        bench.variables["QUIPU_AUTHOR"] = nil
        bench.loginName = nil
        #expect(try bench.run("add", "note", "text=4").errors.contains("--as"))
    }
}
