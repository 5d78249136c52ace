import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// `list` and `search` are one listing.
struct QueryCommandTests {
    let bench: CommandBench

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        for number in 1...3 {
            try bench.run(
                "add", "article", "title=Water \(number)", "author=Ana Ruiz", "date=202\(number)-05-06",
                "tags/river=true", "body=It rose.")
        }
        try bench.run("add", "note", "text=Water, too")
    }

    private func titles(_ words: String...) throws -> [String] {
        try bench.run(["--json"] + words).json.compactMap { $0["fields"]?["title"]?.string }
    }

    @Test func `list and search print the same columns and the same records`() throws {
        let list = try bench.run("list", "water", "kind:article")
        #expect(list.output == (try bench.run("search", "water", "kind:article")).output)
        let lines = list.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.first == ["HANDLE", "KIND", "DATE", "AUTHOR", "TITLE", "MATCH"])
        #expect(lines[1].dropFirst().prefix(4) == ["article", "2021-05-06", "Ana", "Ruiz"])
        #expect(
            try bench.run("list", "kind:article").output.hasPrefix(
                "HANDLE    KIND     DATE        AUTHOR    TITLE"))
    }

    @Test func `a listing that is cut says how many records there are`() throws {
        let result = try bench.run("list", "tag:river", "-n", "2")
        #expect(result.errors.contains("2 of 3 records; --limit 0 for all"))
        #expect(result.output.split(separator: "\n").count == 3)
        #expect(try bench.run("list", "tag:river", "-n", "0").errors.isEmpty)
        #expect(try bench.run("list", "tag:river", "-n", "3").errors.isEmpty)
        #expect(try bench.run("list", "tag:river", "--count").output == "3\n")
        #expect(try bench.object("search", "rose", "--count") == ["count": 3])
    }

    @Test func `records are listed in the order that is asked for`() throws {
        #expect(try titles("list", "kind:article") == ["Water 3", "Water 2", "Water 1"])
        #expect(try titles("list", "kind:article", "--reverse") == ["Water 1", "Water 2", "Water 3"])
        #expect(try titles("search", "water", "--sort", "date", "-n", "1") == ["Water 3"])
        #expect(
            try titles("search", "water", "kind:article", "--sort", "title", "-r", "-n", "1") == ["Water 3"])
        #expect(try bench.run("search", "water", "--reverse").errors.contains("--sort date --reverse"))
        #expect(try bench.run("search", "water", "--sort", "dat").errors.contains("did you mean 'date'?"))
        #expect(try bench.run("list", "--count", "--sort", "date").errors.contains("no effect"))
    }

    @Test func `words with a minus are query terms, and options are options, in any position`() throws {
        #expect(try titles("search", "water", "-title:2", "-n", "5").count == 2)
        #expect(try titles("search", "-title:2", "water").count == 2)
        #expect(try titles("list", "-tag:river").isEmpty)
        #expect(try titles("list", "-n", "1", "tag:river").count == 1)
        #expect(try bench.run("search", "water", "-x").errors.contains("unknown option '-x'"))
        #expect(try bench.run("search", "water", "-n5").errors.contains("unknown option '-n5'"))
        #expect(try bench.run("search", "water", "--tga", "x").errors.contains("did you mean '--tag'?"))
    }

    @Test func `the options of list and search are filters beside the query`() throws {
        try bench.run("add", "collection", "name=Press")
        #expect(try titles("list", "--tag", "river", "--kind", "article", "date:2021") == ["Water 1"])
        #expect(try titles("search", "water", "--collection", "Press").isEmpty)
        let id = try bench.id("add", "article", "title=Gone water")
        try bench.run("delete", id)
        #expect(try titles("list", "--deleted") == ["Gone water"])
        #expect(try titles("search", "--deleted", "water") == ["Gone water"])
        #expect(try titles("search", "gone").isEmpty)
    }

    @Test func `a mistake in a query is reported, and the rest is searched`() throws {
        let broken = try bench.run("search", "(water")
        #expect(broken.code == .done && broken.errors.contains("a parenthesis is not closed"))
        #expect(broken.output.contains("Water 1"))
        #expect(try bench.run("list", "tag:rivr").errors.contains("did you mean 'river'?"))
        #expect(try bench.run("list", "tag:rivr").output == "nothing found\n")
        #expect(try bench.run("list", "tag:rivr", "--json").errors.contains("{\"warning\":"))
        #expect(try bench.run("list", "auther:ruiz").errors.contains("did you mean 'author:'?"))
    }

    @Test func `a search is saved under a name, listed with the collections, and syncs`() throws {
        let saved = try bench.run("search", "tag:river", "before:2023", "--save", "Old rivers")
        #expect(saved.output == "saved the search “Old rivers”: quipu list 'in:\"Old rivers\"'\n")
        #expect(try titles("list", "in:\"Old rivers\"") == ["Water 2", "Water 1"])
        #expect(try titles("list", "--collection", "Old rivers") == ["Water 2", "Water 1"])
        #expect(try bench.run("list", "kind:collection").output.contains("Old rivers"))
        try bench.mirror(in: "mirror")
        #expect(try bench.run("list", "--count", "in:\"Old rivers\"", at: "mirror").output == "2\n")
        #expect(
            try bench.run("search", "tag:river", "--save", "Old rivers").output.hasPrefix(
                "changed the search"))
        #expect(try titles("list", "in:\"old RIVERS\"").count == 3)
        let refused = try bench.run("search", "(water", "--save", "x")
        #expect(refused.code == .failed && refused.errors.contains("not closed"))
        #expect(try bench.run("add", "collection", "name=y", "query=a OR").code == .failed)
        #expect(try bench.run("set", "Old rivers", "query=x").code == .failed)
        #expect(
            try bench.run("search", "water", "--save", "x", "--sort", "date").errors.contains("no effect"))
    }

    @Test func `export and conflicts take a query`() throws {
        let exported = try bench.run("export", "tag:river", "date:2021")
        #expect(
            try exported.json.compactMap { $0["title"]?.string ?? $0["fields"]?["title"]?.string } == [
                "Water 1"
            ])
        #expect(try bench.run("export", "--query", "tag:river").json.count == 3)
        let refused = try bench.run("export", "(tag:river")
        #expect(refused.code == .failed && refused.output.isEmpty && refused.errors.contains("not closed"))
        #expect(try bench.run("export", "a", "--query", "b").errors.contains("two queries"))
        try bench.mirror(in: "mirror")
        let id = try bench.run("--json", "list", "title:1").json.first?["id"]?.string ?? ""
        try bench.run("set", id, "title=Fire")
        try bench.run("set", id, "title=Ice", at: "mirror")
        try bench.sync("mirror")
        #expect(try bench.run("conflicts", "--query", "tag:river").code == .conflictsOpen)
        #expect(try bench.run("conflicts", "--query", "date:2023").output == "no conflicts\n")
        #expect(try bench.run("list", "has:conflict", "--count").output == "1\n")
    }

    @Test func `on a terminal a search prints the passage below its record, in short pages`() throws {
        bench.isTerminal = true
        let result = try bench.run("search", "rose", "-n", "1")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].contains("TITLE") && !lines[0].contains("STATE"))
        #expect(lines[2].hasPrefix("          "))
        for number in 0..<60 { try bench.run("add", "note", "text=n\(number)") }
        #expect(try bench.run("list").errors.contains("50 of 64 records"))
        #expect(try bench.run("list", "--json").json.count == 64)
    }
}
