import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// Two mirrors that changed different words of one paragraph.
struct MergeCommandTests {
    let bench: CommandBench
    let id: String

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        id = try bench.id(
            "add", "article", "title=Mill", "body=The old mill by the river was sold on Monday.")
        try bench.mirror(in: "mirror")
        try bench.run(
            "set", id, "title=Water mill", "body=The new mill by the river was sold on Monday.")
        try bench.run(
            "set", id, "title=Wind mill", "body=The old mill by the river was sold on Friday.", "--as",
            "luis", at: "mirror")
        try bench.sync("mirror")
    }

    private let both = "The new mill by the river was sold on Friday."

    @Test func `conflicts shows the text with both changes or the reason why there is none`() throws {
        let listed = try bench.run("--json", "conflicts", id).json
        #expect(listed.map { $0["field"] } == ["body", "title"])
        #expect(listed.map { $0["merged"] } == [.string(both), .null])
        #expect(listed.map { $0["mergeObstacle"] } == [.null, "overlapping"])

        let text = try bench.run("conflicts", id).output
        #expect(text.contains("  merged   “\(both)”\n           with both changes\n"))
        #expect(text.contains("body --take merged|current|1|both\n"))
        #expect(text.contains("title --take current|1\n"))
    }

    @Test func `a long merged text is shown as its changes`() throws {
        let ending = "\n\nIt will be a school."
        let long = try bench.id(
            "add", "article", "body=The old mill by the river was sold on Monday." + ending)
        try bench.sync("mirror")
        try bench.run("set", long, "body=The new mill by the river was sold on Monday." + ending)
        try bench.run(
            "set", long, "body=The old mill by the river was sold on Friday." + ending, at: "mirror")
        try bench.sync("mirror")
        let text = try bench.run("conflicts", long).output
        #expect(text.contains("compared with the value before:\n           ~ The [-old-]{+new+} mill by"))
        #expect(text.contains("[-Monday-]{+Friday+}."))
    }

    @Test func `taking the merged text resolves the conflict everywhere as a manual edit`() throws {
        let settled = try bench.run("--json", "resolve", id, "body", "--take", "merged").json[0]
        #expect(settled["closed"]?[0]?["versions"]?.array?.count == 2)
        try bench.sync("mirror")
        for place in ["archive", "mirror"] {
            #expect(try bench.object("show", id, at: place)["fields"]?["body"] == .string(both))
            #expect(try bench.run("--json", "conflicts", at: place).json.map { $0["field"] } == ["title"])
        }
        let history = try bench.run("--json", "history", id).json
        #expect(history.first { $0["version"] == settled["version"] }?["byProgram"] == false)
    }

    @Test func `a text merged by the program is listed and marked, and one merged by hand is not`() throws {
        #expect(try bench.run("log", "--merged").output.contains("no text was merged"))
        let policy = try bench.id("add", "collection", "name=Press", "merge=automatic")
        try bench.run("set", id, "collections/\(policy)=true")
        try bench.sync("mirror")
        let mirror = bench.folder.path(of: "mirror")
        try bench.run("sync", mirror)
        let merged = try bench.run("--json", "log", "--merged").json
        #expect(merged.map { $0["merged"] } == [["body"]])
        #expect(merged.first?["byProgram"] == true)
        let history = try bench.run("--json", "history", id).json
        #expect(history.filter { $0["merged"]?.array?.isEmpty == false }.count == 1)
        #expect(try bench.run("history", id).output.contains("body (merged)"))
        #expect(try bench.run("log", "--merged").output.contains("body (merged)"))
        // What a person decides about it is theirs.
        try bench.run("set", id, "body=The mill was sold.")
        #expect(try bench.run("--json", "log", "--merged").json.count == 1)
    }

    @Test func `a sync merges new conflicts and those that a new policy allows`() throws {
        try bench.run("remote", "add", "mirror", bench.folder.path(of: "mirror"))
        func merged() throws -> JSONValue? { try bench.object("sync")["merged"] }
        #expect(try merged() == 0)
        let policy = try bench.id("add", "collection", "name=Press", "merge=automatic")
        try bench.run("set", id, "collections/\(policy)=true")
        #expect(try merged() == 1)
        #expect(try merged() == 0)
        try bench.run("set", id, "body=The new mill by the lake was sold on Friday.")
        try bench.run("set", id, "body=The new mill by the river was sold on Sunday.", at: "mirror")
        #expect(try merged() == 1)
        let body = "The new mill by the lake was sold on Sunday."
        #expect(try bench.object("show", id, at: "mirror")["fields"]?["body"] == .string(body))
    }

    @Test func `the merged text cannot be taken where none is offered`() throws {
        let result = try bench.run("--json", "resolve", id, "title", "--take", "merged")
        #expect(result.code == .failed)
        let error = try JSONParser().parse(result.errors)
        #expect(error["error"] == "not-mergeable")
        #expect(
            error["message"]?.string
                == "the versions of 'title' cannot be merged: both changed the same words, or words next to one another"
        )
        #expect(error["hint"]?.string?.contains("--value TEXT") == true)
        #expect(try bench.run("--json", "conflicts").json.count == 2)
    }

    @Test func `the merged text can be chosen on a terminal`() throws {
        bench.isTerminal = true
        bench.typed = ["merged", "merged", "1", "yes"]
        let result = try bench.run("resolve", id)
        #expect(result.output.contains("merged, current, 1, both, value, edit, skip, back, quit, ?> "))
        #expect(result.output.contains("skip, back, quit, ?>   type "))
        bench.isTerminal = false
        #expect(try bench.object("show", id)["fields"]?["body"] == .string(both))
        #expect(try bench.object("show", id)["fields"]?["title"] == "Water mill")
    }

    @Test func `a deletion conflict has no merged text`() throws {
        let other = try bench.id("add", "article", "title=Two")
        try bench.sync("mirror")
        try bench.run("delete", other)
        try bench.run("set", other, "title=Three", "--as", "luis", at: "mirror")
        try bench.sync("mirror")
        #expect(try bench.object("conflicts", other)["mergeObstacle"] == "deleted")
        #expect(try bench.run("resolve", other, "--take", "merged").code == .usage)
    }

    @Test func `the merge policy of a collection is automatic or manual`() throws {
        let collection = try bench.id("add", "collection", "name=Press", "merge=automatic")
        #expect(try bench.run("set", collection, "merge=manual").code == .done)
        #expect(try bench.run("set", collection, "merge:=null").code == .done)
        let result = try bench.run("--json", "set", collection, "merge=always")
        let error = try JSONParser().parse(result.errors)
        #expect(error["error"] == "wrong-type")
        #expect(error["message"] == "'merge' takes automatic or manual")
        #expect(error["hint"] == "write: merge=automatic")
    }
}
