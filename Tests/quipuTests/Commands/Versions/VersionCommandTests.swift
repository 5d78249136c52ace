import QuipuCanonicalJSON
import Testing

@testable import quipu

struct VersionCommandTests {
    let bench: CommandBench
    let id: String

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        id = try bench.id("add", "article", "title=One", "body=Forty workers left.", "tags/a=true")
        try bench.run(
            "set", id, "title=Two", "body=Fifty workers left.", "doi=10.1/x", "tags/b=true", "tags/a=false")
    }

    @Test func `history is numbered from the oldest`() throws {
        let entries = try bench.run("--json", "history", id).json
        #expect(entries.map { $0["number"] } == [1, 2])
        #expect(entries[0]["fields"] == ["body", "tags/a", "title"])
        #expect(entries[1]["author"] == "ana")
    }

    @Test func `diff compares the last two versions by default`() throws {
        let fields = try bench.object("diff", id)["fields"]?.array ?? []
        #expect(fields.map { $0["field"] } == ["body", "doi", "tags/a", "tags/b", "title"])
        #expect(fields[1]["old"] == JSONValue.null)
        #expect(fields[1]["new"] == "10.1/x")
        #expect(try bench.run("diff", id).output.contains("~ [-Forty-]{+Fifty+} workers left."))
        #expect(try bench.run("diff", id, "2").output.contains("nothing changed"))
        #expect(try bench.object("diff", id, "2", "1")["fields"]?[4]?["new"] == "One")
    }

    @Test func `a version is named by number, in full or in short`() throws {
        let name = try bench.run("--json", "history", id).json[0]["version"]?.string ?? ""
        let short = "\(name.prefix(8)):1"
        let expected = try bench.object("diff", id, "1", "2")
        #expect(try bench.object("diff", id, name) == expected)
        #expect(try bench.object("diff", id, short) == expected)
        for wrong in ["0", "3", "abc", "ffffffff:1", String(repeating: "0", count: 32) + ":1"] {
            let result = try bench.run("--json", "diff", id, wrong)
            #expect(try JSONParser().parse(result.errors)["error"] == "unknown-version")
        }
    }

    @Test func `a revert restores earlier values and removes later ones`() throws {
        let result = try bench.object("revert", id, "--to", "1")
        #expect(result["changed"] == true)
        let shown = try bench.object("show", id)
        #expect(shown["tags"] == ["a"])
        #expect(
            shown["fields"] == [
                "body": "Forty workers left.", "doi": nil, "tags/a": true, "tags/b": false, "title": "One",
            ])
        #expect(try bench.object("revert", id, "--to", "1")["changed"] == false)
        try bench.run("revert", id, "--to", "2")
        #expect(try bench.object("show", id)["tags"] == ["b"])
    }

    @Test func `a revert to a version before the record existed is refused`() throws {
        let earlier = try bench.run("--json", "history", id).json[0]["version"]?.string ?? ""
        let late = try bench.id("add", "article", "title=Late")
        let result = try bench.run("--json", "revert", late, "--to", earlier)
        #expect(try JSONParser().parse(result.errors)["error"] == "unknown-version")
        #expect(try bench.object("show", late)["fields"] == ["title": "Late"])
    }
}
