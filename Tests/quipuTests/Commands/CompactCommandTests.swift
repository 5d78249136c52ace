import QuipuCanonicalJSON
import QuipuSQLite
import QuipuStorage
import Support
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

    @Test func `a dry run reports what the compaction then forgets`() throws {
        let (bench, _) = try bench()
        let dry = try bench.object("compact", "--dry-run")
        #expect(dry["dryRun"]?.bool == true && dry["droppedTexts"]?.integer == 1)
        #expect(try bench.run("compact", "--dry-run").output == "would forget 1 text (13 bytes)\n")
        let done = try bench.object("compact")
        #expect(done["droppedBytes"]?.integer == dry["droppedBytes"]?.integer)
        #expect(done["hindrance"] == .null)
        #expect(try bench.run("compact").output == "there was nothing to forget\n")
    }

    @Test func `history survives a compaction, diff marks the missing text and revert is refused`() throws {
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

    @Test func `a record that was deleted and compacted is restored unchanged`() throws {
        let (bench, id) = try bench()
        try bench.run("delete", id)
        try bench.run("compact")
        #expect(try bench.run("restore", id).errors == "")
        let shown = try bench.object("show", id)
        #expect(shown["fields"]?["body"]?.string == "The river rose.")
        #expect(shown["missingTexts"]?.array?.isEmpty == true)
    }

    @Test func `a text that nobody has is reported and fails no sync and no export`() throws {
        let (bench, id) = try bench()
        try bench.mirror(in: "mirror")
        try bench.run("delete", id)
        try bench.sync("mirror")
        // As a compaction of the first version left it.
        for name in ["archive", "mirror"] { try forgetBody(in: bench.store(name)) }
        let status = try bench.run("status").output
        #expect(status.contains("1 text not here: body of article"))
        #expect(status.contains("(deleted)"))
        #expect(try bench.run("doctor").output.contains("quipu purge"))
        let sync = try bench.run("sync", bench.folder.path(of: "mirror"))
        #expect(sync.code == .done)
        #expect(!sync.output.contains("in sync with") && !sync.errors.contains("in sync with"))
        #expect(sync.errors.contains("1 text is neither here nor there: body of article"))
        #expect(try bench.run("export").code == .done)
        try bench.run("purge", id)
        #expect(try bench.object("sync", bench.folder.path(of: "mirror"))["inSync"]?.bool == true)
        #expect(try bench.object("status")["missingTexts"]?.integer == 0)
    }

    private func forgetBody(in store: Store) throws {
        let database = try Connection(path: store.folder.storePath, options: .init(mode: .readWrite))
        try database.execute(
            """
            UPDATE record SET fields = json_remove(fields, '$.body');
            INSERT INTO missing
            SELECT value, record, field
            FROM version
            WHERE flags & 4 AND field = (SELECT row FROM name WHERE text = 'body')
            """)
    }

    @Test func `a conflict whose ancestor was compacted everywhere is still shown and resolved`()
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
        #expect(conflict["ancestor"]?["valueMissing"]?.bool == true)
        #expect(conflict["others"]?.array?.first?["valueMissing"]?.bool == false)
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
