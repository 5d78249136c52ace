import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// What an undo says of what it did.
struct UndoWordsTests {
    let bench: CommandBench

    init() throws { bench = try .withArchive() }

    @Test func `undo does not say that somebody else made the same change when only one person did`() throws {
        try bench.run("add", "article", "title=One", "tags/a=true")
        try bench.run("tags", "rename", "a", "b")
        try bench.run("tags", "rename", "b", "c")
        for words in [["undo"], ["undo"], ["redo"], ["redo"], ["undo"], ["undo"]] {
            let result = try bench.run(words)
            #expect(result.code == .done && !result.errors.contains("made the same"), "\(words): \(result)")
        }
        #expect(try bench.run("--json", "list", "tag:a").json.count == 1)
    }

    @Test func `undo tells a tag that returns from one that goes, in the preview and in the report`() throws {
        let id = try bench.id("add", "article", "title=One", "tags/ben=true")
        try bench.run("tag", id, "-ben")
        #expect(try bench.run("undo", "--dry-run").output.contains("tags/ben put back"))
        #expect(try bench.run("undo").output.contains("tags/ben put back"))
        #expect(try bench.run("redo", "--dry-run").output.contains("tags/ben taken out"))
        #expect(try bench.run("redo").output.contains("tags/ben taken out"))
    }

    @Test func `a purge is named as the log names it, and so is the entry before it that can be undone`()
        throws
    {
        let kept = try bench.id("add", "article", "title=One")
        let id = try bench.id("add", "article", "title=Two")
        try bench.run("set", kept, "title=Uno")
        let before = try #require(try bench.run("--json", "log", "-n", "1").json[0]["version"]?.string)
        try bench.run("delete", id)
        try bench.run("purge", id)
        let refused = try bench.run("undo")
        #expect(refused.code == .failed && refused.errors.contains("a purge cannot be undone"), "\(refused)")
        #expect(!refused.errors.contains(before.prefix(32)), "\(refused)")
        // The deletion before it cannot be undone either.
        let number = before.split(separator: ":").last ?? ""
        #expect(refused.errors.contains("quipu undo \(before.prefix(8)):\(number)\n"), "\(refused)")
    }
}
