import Quipu
import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// People read words in place of the names that the archive has for its own fields.
struct FieldTitleTests {
    let bench: CommandBench

    init() throws { bench = try .withArchive() }

    @Test func `an undo and a redo of a merge say in words what became of the record`() throws {
        let keep = try bench.id("add", "article", "title=The flood")
        let other = try bench.id("add", "article", "title=Flood")
        try bench.run("merge", keep, other)
        for (words, told) in [
            (["undo", "--dry-run"], "shown by itself again"), (["undo"], "shown by itself again"),
            (["redo", "--dry-run"], "merged again"), (["redo"], "merged again"),
        ] {
            let said = try bench.run(words).output
            #expect(said.contains(told) && !said.contains("mergedInto"), "\(words): \(said)")
        }
        for words in [
            ["history", other], ["diff", other], ["log"], ["show", other], ["show", "--alone", other],
            ["why", other, "merged into another record"],
        ] {
            let result = try bench.run(words)
            #expect(result.code == .done && !result.output.contains("mergedInto"), "\(words): \(result)")
        }
        // Programs get the name, and it can be typed.
        #expect(try bench.run("--json", "history", other).output.contains("\"mergedInto\""))
        #expect(try bench.run("why", other, "mergedInto").code == .done)
    }

    @Test func `where an article came from is told in words`() throws {
        let file = try bench.folder.write(
            "{\"id\":\"42\",\"title\":\"Water\",\"url\":\"https://example.org/1\"}\n", to: "one.jsonl")
        try bench.run("import", file, "--collection", "Press")
        let id = try #require(try bench.run("--json", "list", "kind:article").json[0]["id"]?.string)
        let history = try bench.run("history", id).output
        #expect(!history.contains("from/") && history.contains("source plain:"), "\(history)")
        let title = try #require(
            try bench.run("--json", "history", id).json[0]["fields"]?.array?.compactMap(\.string)
                .first { $0.hasPrefix("from/") })
        #expect(try bench.run("why", id, FieldTitle.of(title)).code == .done)
    }

    @Test func `times are local or in UTC in every line that people read`() throws {
        let finding = DoctorFinding(
            .clock(.behindLog, nowMilliseconds: 1_795_470_014_123), in: "/press", .utc)
        guard case .string(let subject)? = try JSONParser().parse(finding.json.bytes)["subject"] else {
            Issue.record("a finding has no subject")
            return
        }
        #expect(subject == Timestamp.rfc3339(milliseconds: 1_795_470_014_123))
        let bench = try CommandBench()
        try bench.run("init", "--name", "test")
        try bench.run("add", "article", "title=One")
        bench.world.advance(milliseconds: -3 * 86_400_000)
        let told = try bench.run("doctor").output
        let line = try #require(told.split(separator: "\n").first { $0.contains("clock") })
        #expect(line.hasSuffix(" UTC") || line.contains(" +") || line.contains(" -"), "\(told)")
        #expect(!line.hasSuffix("Z"), "\(told)")
    }
}
