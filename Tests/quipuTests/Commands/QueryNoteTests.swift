import Foundation
import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// What a query leaves out, or can never find, is said; and nothing is changed by such a query.
struct QueryNoteTests {
    let bench: CommandBench

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        try bench.run(
            "add", "article", "title=Agua", "author=Ana Ruiz", "url=https://www.example.org/one",
            "doi=10.1000/182", "date=2023-05-06")
    }

    @Test(arguments: [
        ("agua 😀", "'😀' has no letter or digit to search for, and is left out"),
        ("agua -😀", "'😀' has no letter or digit"), ("agua OR (& +)", "'&', '+' have no letter or digit"),
        ("nosuch:", "there is no field 'nosuch:'"), ("date:2024..2020", "ends before it begins"),
        ("changed:2024..2020", "ends before it begins"),
        ("before:2023 after:2024", "no day fits 'before:2023' and 'after:2024'"),
        ("agua (changed:<2020 changed:>2024)", "no day fits"),
    ])
    func `a query part without a meaning is a warning in a list and an error in a change`(
        query: String, reason: String
    ) throws {
        let list = try bench.run("list", query)
        #expect(list.code == .done && list.errors.contains(reason), "\(list)")
        for words in [
            ["tag", "--query", query, "+x"], ["delete", "--query", query], ["export", "--query", query],
            ["search", query, "--save", "S"],
        ] {
            let refused = try bench.run(words)
            #expect(refused.code != .done && refused.errors.contains(reason), "\(words): \(refused)")
        }
    }

    @Test func `date filters that some day satisfies give no warning`() throws {
        for query in ["after:2022 before:2024", "date:2023 after:2022", "date:2023-05 date:2023"] {
            let list = try bench.run("list", query, "--count")
            #expect(list.errors.isEmpty && list.output == "1\n", "\(query): \(list)")
        }
    }

    @Test(arguments: [
        ("author:riuz", "no record has an author 'riuz'; did you mean 'ruiz'?"),
        ("author:\"ana riuz\"", "did you mean 'ana ruiz'?"),
        ("url:exmaple.org", "no record has an address at 'exmaple.org'; did you mean '"),
        ("url:nowhere.net", "no record has an address at 'nowhere.net'"),
        ("doi:10.1000/183", "no record has the DOI '10.1000/183'; did you mean '10.1000/182'?"),
        ("doi:10.1", "no record has a DOI that begins with '10.1'"),
        ("title:fire", "no record has 'fire' in its title"), ("by:nobody", "there are: ana"),
    ])
    func `a filter that fits no record says so, and what is near`(query: String, note: String) throws {
        let list = try bench.run("list", query)
        #expect(list.output == "nothing found\n" && list.errors.contains(note), "\(list)")
    }

    @Test
    func `a deleted collection or saved search finds nothing, but its deleted records can be restored`()
        throws
    {
        try bench.run("search", "agua", "--save", "Water")
        #expect(try bench.run("list", "in:Water", "--count").output == "1\n")
        try bench.run("search", "in:Water", "--save", "Waters")
        try bench.run("add", "collection", "name=Box")
        try bench.run("set", "--query", "agua", "collections/Box=true")
        try bench.run("delete", "--query", "kind:collection -title:waters")
        for name in ["Water", "Box"] {
            let list = try bench.run("list", "in:\(name)")
            #expect(list.output == "nothing found\n", "\(list)")
            #expect(list.errors.contains("the collection '\(name)' is deleted"), "\(list)")
        }
        for query in ["in:Water", "in:Waters", "-in:Water"] {
            #expect(try bench.run("tag", "--query", query, "+x").code != .done, "\(query)")
            #expect(try bench.run("export", query).code != .done, "\(query)")
        }
        try bench.run("delete", "--query", "agua")
        #expect(try bench.run("list", "--deleted", "in:Box", "--count").output == "1\n")
        #expect(try bench.run("restore", "--query", "in:Box").code == .done)
        #expect(try bench.run("list", "agua", "--count").output == "1\n")
    }

    @Test func `an export of nothing says so once, on standard error too, and makes no file`() throws {
        let path = bench.folder.path(of: "nothing.jsonl")
        let export = try bench.run("export", "zzzz", "-o", path)
        #expect(export.code == .done && export.output.isEmpty)
        #expect(export.errors.contains("no record fits the query: nothing was exported"))
        #expect(!(export.output + export.errors).contains("written to"))
        #expect(!FileManager.default.fileExists(atPath: path))
        let printed = try bench.run("export", "zzzz")
        #expect(printed.output.isEmpty && printed.errors.contains("nothing was exported"))
    }
}
