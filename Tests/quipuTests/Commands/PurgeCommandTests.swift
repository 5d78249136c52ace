import Foundation
import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

struct PurgeCommandTests {
    private func bench() throws -> (CommandBench, id: String) {
        let bench = try CommandBench()
        try bench.run("init")
        let id = try bench.id(
            "add", "article", "title=Quicksilver", "body=The river rose.", "tags/river=true")
        return (bench, id)
    }

    @Test func `a purged record is named without its title and cannot be restored`() throws {
        let (bench, id) = try bench()
        try bench.run("delete", id)
        let purged = try bench.object("purge", id)
        #expect(purged["id"]?.string == id && purged["changed"]?.bool == true)
        #expect(purged["records"]?.integer == 1 && purged["values"]?.integer == 3)
        let shown = try bench.object("show", id)
        #expect(shown["purged"]?.bool == true && shown["fields"]?["title"] == .null)
        #expect(try bench.run("show", id).output.contains("purged"))
        #expect(try !bench.run("list", "--deleted").output.contains("Quicksilver"))
        #expect(try bench.object("status")["purged"]?.integer == 1)
        let restored = try bench.run("--json", "restore", id)
        #expect(restored.code == .failed && restored.errors.contains(#""error":"purged""#))
        #expect(try bench.object("purge", id)["changed"]?.bool == false)
    }

    @Test func `a record that is not deleted cannot be purged, and nothing is forgotten`() throws {
        let (bench, id) = try bench()
        let other = try bench.id("add", "article", "title=Water")
        try bench.run("delete", id)
        let refused = try bench.run("--json", "purge", id, other)
        #expect(refused.code == .failed && refused.errors.contains(#""error":"not-deleted""#))
        #expect(try bench.object("show", id)["fields"]?["title"]?.string == "Quicksilver")
    }

    @Test(arguments: [("n", false), ("", false), ("yes", true), ("y", true)])
    func `purge asks at a terminal and accepts only yes`(answer: String, isPurged: Bool) throws {
        let (bench, id) = try bench()
        try bench.run("delete", id)
        bench.isTerminal = true
        bench.typed = [answer]
        let asked = try bench.run("purge", id)
        bench.isTerminal = false
        #expect(asked.output.contains("Quicksilver") && asked.output.contains("for good"))
        #expect(asked.code == (isPurged ? .done : .failed))
        #expect(try bench.object("show", id)["purged"]?.bool == isPurged)
    }

    @Test func `a record that an edit kept cannot be reverted to a version before its purge`() throws {
        let (bench, id) = try bench()
        try bench.mirror(in: "mirror")
        try bench.run("set", id, "title=Okapi", at: "mirror")
        try bench.run("delete", id)
        try bench.run("purge", id)
        try bench.sync("mirror")
        #expect(try bench.run("restore", id).code == .done)
        try bench.run("resolve", id, "title", "--value", "Okapi")
        let refused = try bench.run("--json", "revert", id, "--to", "1")
        #expect(refused.code == .failed && refused.errors.contains(#""error":"purged""#))
        #expect(try bench.object("show", id)["fields"]?["title"]?.string == "Okapi")
        #expect(try bench.run("diff", id, "1", "3").output.contains(ValueText.missing))
    }

    private func files(of bench: CommandBench, at archive: String = "archive") throws -> Int {
        let blobs = bench.folder.path(of: archive) + "/.quipu/blobs"
        return try FileManager.default.contentsOfDirectory(atPath: blobs).count { $0.count == 64 }
    }

    private func attach(to id: String, in bench: CommandBench) throws -> String? {
        let path = bench.folder.path(of: "river.txt")
        try "The river rose.".write(toFile: path, atomically: true, encoding: .utf8)
        return try bench.object("attach", id, path)["id"]?.string
    }

    @Test func `purging an attachment removes its file`() throws {
        let (bench, id) = try bench()
        _ = try attach(to: id, in: bench)
        try bench.run("delete", id)
        #expect(try files(of: bench) == 1)
        #expect(try bench.object("purge", id)["files"]?.integer == 1)
        #expect(try files(of: bench) == 0)
    }

    @Test func `a compaction removes a deleted attachment's file only if a mirror holds it now`()
        throws
    {
        let (bench, id) = try bench()
        let file = try #require(try attach(to: id, in: bench))
        try bench.run("delete", file)
        try bench.mirror(in: "mirror")
        let mirror = bench.folder.path(of: "mirror")
        #expect(try bench.object("compact")["removedFiles"]?.integer == 0)
        #expect(try bench.object("compact", "--held-by", mirror)["removedFiles"]?.integer == 0)
        #expect(try files(of: bench) == 1)
        #expect(
            try bench.run("compact", "--held-by", bench.folder.path(of: "archive")).code == .usage)
        // Restored, sent, and deleted again: now the mirror has it.
        try bench.run("restore", file)
        try bench.run("sync", mirror)
        try bench.run("delete", file)
        #expect(try bench.object("compact", "--dry-run", "--held-by", mirror)["removedFiles"]?.integer == 1)
        #expect(try files(of: bench) == 1)
        #expect(try bench.object("compact", "--held-by", mirror)["removedFiles"]?.integer == 1)
        #expect(try files(of: bench) == 0)
    }
}
