import QuipuCanonicalJSON
import Testing

@testable import quipu

/// What is said about words that are nearly right.
struct WordHintTests {
    let bench: CommandBench
    let id: String

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        try bench.run("add", "collection", "name=Press")
        id = try bench.id("add", "article", "title=One")
    }

    @Test(arguments: [
        (["tag", "ID", "newtag"], "did you mean +newtag?"),
        (["tag", "in:Press", "+x"], "write --query 'in:Press'"),
        (["delete", "in:Press"], "write --query 'in:Press'"),
        (["show", "Press"], "the collection 'Press' is "),
        (["set", "Press", "merge=automatic"], "the collection 'Press' is "),
        (["edit", "Press"], "the collection 'Press' is "),
        (["undo", "--last"], "without an entry undoes the last"),
        (["search"], "needs QUERY"),
    ])
    func `a frequent mistake in a query is answered with what was meant`(words: [String], answer: String)
        throws
    {
        let before = try bench.run("log", "--json").output
        let result = try bench.run(words.map { $0 == "ID" ? id : $0 })
        #expect(result.code != .done && result.errors.contains(answer), "\(result)")
        #expect(try bench.run("log", "--json").output == before)
    }

    @Test func `a handle that is cut too short is said to be so only where one begins with it`() throws {
        let handle = try bench.object("show", id)["handle"]?.string ?? ""
        let short = try bench.run("show", String(handle.prefix(3)))
        #expect(short.errors.contains("a handle needs at least four letters"), "\(short)")
        #expect(try bench.run("show", String(handle.prefix(4))).code == .done)
    }

    @Test func `a query may follow --query, and a name that is no author's names those there are`() throws {
        #expect(try bench.run("list", "--query", "kind:article").output.contains("One"))
        #expect(try bench.run("search", "--query", "one", "--count").output == "1\n")
        #expect(try bench.run("list", "--query", "a", "b").code == .usage)
        #expect(try bench.run("log", "--author", "nobody-here").output.contains("there are: "))
    }

    @Test func `an orphaned note says so in the listing and on its page, and empty columns are left out`()
        throws
    {
        #expect(try bench.run("list").output.split(separator: "\n")[0] == "HANDLE    KIND        TITLE")
        let note = try bench.id("add", "note", "target=\(id)", "text=hello")
        try bench.run("delete", id)
        #expect(try bench.run("list", "kind:note").output.contains("orphaned"))
        #expect(try bench.run("show", note).output.contains("“One” (deleted)"))
    }

    @Test func `why takes the name of a collection that history prints`() throws {
        try bench.run("set", id, "collections/Press=true")
        #expect(try bench.run("why", id, "collections/Press").output.contains("collections/Press"))
    }
}
