import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

struct MergedRecordCommandTests {
    /// Two records of one article.
    private func bench() throws -> (CommandBench, keep: String, other: String) {
        let bench = try CommandBench()
        try bench.run("init")
        let keep = try bench.id("add", "article", "title=The flood", "url=https://example.org/1")
        let other = try bench.id(
            "add", "article", "title=Flood", "author=Ruiz", "url=https://example.org/1")
        return (bench, keep, other)
    }

    @Test func `duplicates names what two records share and where they differ`() throws {
        let (bench, keep, other) = try bench()
        let group = try bench.object("duplicates")
        #expect(group["reasons"]?.array?.compactMap(\.string) == ["same-url"])
        #expect(group["differing"]?.array?.compactMap(\.string) == ["author", "title"])
        let ids = group["records"]?.array?.compactMap { $0["id"]?.string } ?? []
        #expect(Set(ids) == [keep, other])
        let text = try bench.run("duplicates").output
        #expect(text.contains("the same web address") && text.contains("they differ in author and title"))
        try bench.run("merge", keep, other)
        #expect(try bench.run("--json", "duplicates").output.isEmpty)
    }

    @Test func `merge says what it hides and fills, and show finds the record by either handle`() throws {
        let (bench, keep, other) = try bench()
        let preview = try bench.run("merge", keep, other, "--dry-run").output
        #expect(preview.contains("would merge") && preview.contains("hides “Flood”"))
        #expect(try bench.object("show", other)["id"]?.string == other)
        let merged = try bench.object("merge", keep, other)
        #expect(merged["changed"]?.bool == true && merged["merged"]?.array?.first?.string == other)
        let shown = try bench.object("show", other)
        #expect(shown["id"]?.string == keep)
        #expect(shown["fields"]?["author"]?.string == "Ruiz")
        #expect(shown["members"]?.array?.first?.string == other)
        let alone = try bench.object("show", "--alone", other)
        #expect(alone["fields"]?["title"]?.string == "Flood" && alone["mergedInto"]?.string == keep)
    }

    @Test func `a record that is not there or several are is named, whatever the command`() throws {
        let (bench, keep, other) = try bench()
        for words in [
            ["merge", keep, "zzzzzzzz"], ["merge", keep, other, "zzzzzzzz", "yyyyyyyy", "--dry-run"],
            ["merge", "zzzzzzzz", other], ["unmerge", "zzzzzzzz"], ["split", "zzzzzzzz"],
            ["show", "zzzzzzzz"], ["read", "zzzzzzzz"], ["set", "zzzzzzzz", "title=x"],
            ["tag", "zzzzzzzz", "+x"], ["delete", "zzzzzzzz"], ["restore", "zzzzzzzz"],
            ["annotate", "zzzzzzzz", "--note", "x"], ["history", "zzzzzzzz"], ["diff", "zzzzzzzz"],
            ["revert", "zzzzzzzz", "--to", "1"], ["why", "zzzzzzzz", "title"], ["edit", "zzzzzzzz"],
            ["purge", "zzzzzzzz", "--yes"], ["attach", "zzzzzzzz", "/dev/null"], ["save", "zzzzzzzz"],
            ["resolve", "zzzzzzzz", "title", "--mine"], ["conflicts", "zzzzzzzz"],
        ] {
            let refused = try bench.run(words)
            #expect(refused.code != .done, "\(words)")
            #expect(!refused.errors.contains("should not happen"), "\(words): \(refused.errors)")
        }
        let refused = try bench.run("--json", "merge", keep, "zzzzzzzz", "yyyyyyyy")
        #expect(refused.errors.contains(#""error":"unknown-record""#))
        #expect(refused.errors.contains("'zzzzzzzz' and 'yyyyyyyy'"), "\(refused.errors)")
    }

    @Test func `merge says which fields it puts in conflict, before and as it does`() throws {
        let (bench, keep, other) = try bench()
        try bench.run("set", keep, "publisher=Press")
        try bench.run("set", other, "publisher=Valle")
        try bench.run("merge", keep, other)
        try bench.run("set", keep, "publisher=ByHand")
        let third = try bench.id("add", "article", "title=The flood")
        for words in [["merge", third, keep, "--dry-run"], ["merge", third, keep]] {
            let output = try bench.run(words).output
            #expect(output.contains("publisher: in conflict, shows “ByHand”; quipu conflicts"), "\(output)")
            #expect(output.contains("against “Valle” of"), "\(output)")
        }
        #expect(try bench.run("--json", "conflicts").json.map { $0["field"]?.string } == ["publisher"])
    }

    @Test
    func
        `unmerge of records that were merged into each other says that both stand alone, and show no field of it`()
        throws
    {
        let (bench, keep, other) = try bench()
        try bench.mirror(in: "mirror")
        try bench.run("merge", keep, other)
        try bench.run("merge", other, keep, at: "mirror")
        try bench.sync("mirror")
        let shown = try bench.run("show", keep)
        #expect(!shown.output.contains("mergedInto"), "\(shown.output)")
        let id = try #require(try bench.object("show", keep)["id"]?.string)
        let done = try bench.run("unmerge", id)
        #expect(done.output.contains("was merged into the other"), "\(done.output)")
        for one in [keep, other] { #expect(try bench.object("show", one)["id"]?.string == one) }
    }

    @Test func `unmerge and undo each take a merge back`() throws {
        let (bench, keep, other) = try bench()
        try bench.run("merge", keep, other)
        #expect(try bench.object("unmerge", other)["changed"]?.bool == true)
        #expect(try bench.object("show", other)["id"]?.string == other)
        let refused = try bench.run("--json", "unmerge", other)
        #expect(refused.code == .failed && refused.errors.contains(#""error":"not-merged""#))
        try bench.run("merge", keep, other)
        try bench.run("undo")
        #expect(try bench.object("show", other)["id"]?.string == other)
    }

    @Test func `history and why tell of all records that are shown as one, and of which`() throws {
        let (bench, keep, other) = try bench()
        try bench.run("set", other, "author=Ana Ruiz")
        try bench.run("merge", keep, other)
        try bench.run("set", keep, "publisher=Press")
        for named in [keep, other] {
            let entries = try bench.run("--json", "history", named).json
            let records = entries.compactMap { $0["record"]?.string }
            #expect(records == [keep, other, other, other, keep])
            #expect(entries.compactMap { $0["number"]?.number } == [1, 1, 2, 3, 2])
            #expect(try bench.run("history", named).output.contains("RECORD"))

            let why = try bench.object("why", named, "author")
            #expect(why["id"]?.string == named && why["shownBy"]?.string == other)
            #expect(why["others"]?.array?.compactMap { $0["id"]?.string } == [named == keep ? other : keep])
            let told = try bench.run("why", named, "author").output
            #expect(told.contains("which has no value, and shows that of"))
            #expect(told.contains("Ruiz") && told.contains("Ana Ruiz"))
            #expect(try bench.run("why", named, "title").output.contains("which shows its own value"))
        }
        try bench.run("unmerge", other)
        #expect(try bench.run("--json", "history", keep).json.count == 2)
        #expect(try bench.object("why", other, "author")["others"]?.array?.isEmpty == true)
    }

    @Test func `records that cannot be merged or split are refused, and mergedInto cannot be set by hand`()
        throws
    {
        let (bench, keep, other) = try bench()
        let note = try bench.id("add", "note", "text=See there")
        for words in [["merge", keep, keep], ["merge", keep, note], ["set", keep, "mergedInto=\(other)"]] {
            let refused = try bench.run(["--json"] + words)
            #expect(refused.code != .done && !refused.errors.isEmpty, "\(words)")
        }
        let refused = try bench.run("--json", "split", keep)
        #expect(refused.code == .failed && refused.errors.contains(#""error":"not-splittable""#))
    }
}
