import CanonicalJSON
import Testing

@testable import quipu

struct CompactCommandTests {
    private func bench() throws -> (CommandBench, id: String) {
        let bench = try CommandBench()
        try bench.run("init")
        let id = try bench.id("add", "article", "title=Quicksilver", "body=The river rose.")
        try bench.run("set", id, "title=Water")
        return (bench, id)
    }

    @Test func `a dry run says how much, and what is forgotten then is what it said`() throws {
        let (bench, _) = try bench()
        let dry = try bench.object("compact", "--dry-run")
        #expect(dry["dryRun"]?.bool == true && dry["droppedTexts"]?.integer == 1)
        #expect(try bench.run("compact", "--dry-run").output == "would forget 1 text (13 bytes)\n")
        let done = try bench.object("compact")
        #expect(done["droppedBytes"]?.integer == dry["droppedBytes"]?.integer)
        #expect(done["hindrance"] == .null)
        #expect(try bench.run("compact").output == "there was nothing to forget\n")
    }

    @Test func `history stays, diff says what is not here and revert refuses in words`() throws {
        let (bench, id) = try bench()
        try bench.run("compact")
        #expect(try bench.run("--json", "history", id).json.count == 2)
        #expect(try bench.run("diff", id, "1", "2").output.contains(ValueText.missing))
        let refusal = try bench.run("--json", "revert", id, "--to", "1")
        #expect(refusal.code == .failed)
        #expect(refusal.errors.contains(#""error":"text-missing""#))
        #expect(refusal.errors.contains("quipu compact"))
        #expect(try bench.object("show", id)["fields"]?["title"]?.string == "Water")
    }

    @Test func `a restored record says that its text was forgotten and a sync brings it`() throws {
        let (bench, id) = try bench()
        try bench.mirror(in: "mirror")
        try bench.run("delete", id)
        try bench.run("compact")
        #expect(try bench.run("show", id).output.contains("title       " + ValueText.missing))
        let restored = try bench.run("restore", id)
        #expect(restored.code == .done)
        #expect(restored.errors.contains("forgotten here (body, title)"))
        #expect(try bench.object("status")["missingTexts"]?.integer == 2)
        #expect(try bench.run("export").code == .failed, "an export that lacks texts says so")
        try bench.sync("mirror")
        let shown = try bench.object("show", id)
        #expect(shown["fields"]?["body"]?.string == "The river rose.")
        #expect(shown["missingTexts"]?.array?.isEmpty == true)
        #expect(try bench.object("status")["missingTexts"]?.integer == 0)
    }

    @Test func `a conflict whose ancestor was forgotten by everybody is shown and settled all the same`()
        throws
    {
        let (bench, id) = try bench()
        try bench.mirror(in: "mirror")
        try bench.run("set", id, "title=High water")
        try bench.run("compact")
        try bench.run("compact", at: "mirror")
        // The mirror edits what it had: the value before both is forgotten here alone.
        try bench.run("set", id, "title=Low water", at: "mirror")
        try bench.sync("mirror")
        let conflict = try #require(try bench.run("--json", "conflicts").json.first)
        #expect(conflict["ancestor"]?["textMissing"]?.bool == true)
        #expect(conflict["others"]?.array?.first?["textMissing"]?.bool == false)
        #expect(try bench.run("conflicts").output.contains(ValueText.missing))
        #expect(try bench.run("resolve", id, "title", "--take", "1").code == .done)
    }

    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (1_250, "1.2 kB"),
        (999_999, "999 kB"), (1_000_000, "1.0 MB"), (34_567_890, "34.5 MB"), (Int.max, "9.2 EB"),
    ])
    func `sizes are short and never overstated`(bytes: Int, text: String) {
        #expect(SizeText.of(bytes: bytes) == text)
    }
}
