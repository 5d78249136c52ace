import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

@testable import quipu

struct DoctorCommandTests {
    private func bench() throws -> (CommandBench, folder: String) {
        let bench = try CommandBench()
        try bench.run("init")
        try bench.run("add", "article", "title=Water")
        return (bench, bench.folder.path(of: "archive") + "/.quipu")
    }

    /// What was found, as `check: subject`'s check.
    private func checks(_ report: JSONValue) -> [String] {
        report["findings"]?.array?.compactMap { $0["check"]?.string } ?? []
    }

    @Test func `doctor advises a second copy for a sound archive with one`() throws {
        let (bench, _) = try bench()
        let result = try bench.run("doctor")
        #expect(result.code == .done)
        #expect(result.output.contains("only copy"))
        let report = try bench.object("doctor")
        #expect(report["healthy"]?.bool == true)
        #expect(checks(report).filter { $0 != "disk" } == ["remotes"])
    }

    @Test func `doctor reports damage with exit code 5 and repairs it`() throws {
        let (bench, folder) = try bench()
        try Connection(path: folder + "/archive.sqlite", options: .init(mode: .readWrite)).execute(
            "UPDATE archive SET digest = zeroblob(16)")
        let result = try bench.run("doctor")
        #expect(result.code == .damageFound)
        #expect(result.output.contains("quipu doctor --repair"))
        let repaired = try bench.run("doctor", "--repair")
        #expect(repaired.code == .done)
        #expect(repaired.output.contains("repaired  the digest kept"))
        #expect(try bench.run("verify").code == .done)
        #expect(try bench.object("doctor", "--repair")["repaired"]?.integer == 0)
    }

    @Test func `doctor reports damage that cannot be repaired and says what to do`() throws {
        let (bench, folder) = try bench()
        try Connection(path: folder + "/archive.sqlite", options: .init(mode: .readWrite)).execute(
            "UPDATE log SET stamp = stamp + 1")
        let result = try bench.run("--json", "doctor", "--repair")
        #expect(result.code == .damageFound)
        let finding = try #require(try result.json.first?["findings"]?.array?.first)
        #expect(finding["damage"]?.bool == true)
        #expect(finding["advice"]?.string?.contains("quipu export") == true)
    }

    @Test func `doctor fetches values from a mirror that only it can supply`() throws {
        let (bench, folder) = try bench()
        try bench.mirror(in: "mirror")
        try Connection(path: folder + "/archive.sqlite", options: .init(mode: .readWrite)).execute(
            "UPDATE record SET fields = replace(fields, 'Water', 'Waiter')")
        #expect(try bench.run("doctor", "--repair").code == .damageFound)
        let report = try bench.object("doctor", "--repair", "--from", bench.folder.path(of: "mirror"))
        #expect(report["healthy"]?.bool == true)
        #expect(report["mended"]?.integer == 1)
        #expect(try bench.run("list").output.contains("Water"))
        #expect(try bench.run("doctor", "--from", "mirror").code == .usage)
    }

    @Test func `doctor reports an archive that cannot be opened`() throws {
        let (bench, folder) = try bench()
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: folder + "/local.sqlite"))
        let result = try bench.run("--json", "doctor")
        #expect(result.code == .damageFound)
        #expect(try checks(#require(try result.json.first)) == ["archive"])
        #expect(result.output.contains("rm "))
    }

    @Test func `doctor reports leftovers, exposed keys, conflicts, missing texts and unused mirrors`() throws
    {
        let (bench, folder) = try bench()
        try bench.mirror(in: "mirror")
        let id = try bench.id("add", "article", "title=Before")
        try bench.sync("mirror")
        try bench.run("set", id, "title=One")
        try bench.run("set", id, "title=Two", at: "mirror")
        try bench.sync("mirror")
        let gone = try bench.id("add", "article", "title=Gone")
        try bench.run("delete", gone)
        // As a compaction of the first version left it.
        let database = try Connection(path: folder + "/archive.sqlite", options: .init(mode: .readWrite))
        try database.execute(
            """
            UPDATE record SET fields = json_remove(fields, '$.title') WHERE fields LIKE '%Gone%';
            INSERT INTO missing
            SELECT version.value, version.record, version.field
            FROM version
            JOIN record ON record.row = version.record
            JOIN name ON name.row = version.field
            WHERE version.flags & 4 AND record.state & 2 AND name.text = 'title'
            """)
        try bench.run("remote", "add", "office", "http://127.0.0.1:1/press")
        try Data().write(to: URL(fileURLWithPath: folder + "/archive.sqlite.partial"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: folder + "/local.sqlite")
        let report = try bench.object("doctor")
        #expect(report["healthy"]?.bool == true, "none of it is damage")
        #expect(
            checks(report).filter { $0 != "disk" } == [
                "texts", "conflicts", "leftovers", "permissions", "remotes",
            ])
    }

    @Test func `doctor reports an added index, since others refuse such a copy`() throws {
        let (bench, folder) = try bench()
        let database = try Connection(path: folder + "/archive.sqlite", options: .init(mode: .readWrite))
        try database.execute("CREATE INDEX mine ON record (base)")
        #expect(try checks(bench.object("doctor")).contains("layout"))
        #expect(
            try bench.run("backup", bench.folder.path(of: "press.sqlite")).errors.contains("index 'mine'"))
        #expect(
            try bench.run("clone", bench.folder.path(of: "press.sqlite"), bench.folder.path(of: "copy")).code
                == .damageFound)
        try database.execute("DROP INDEX mine")
        #expect(try !checks(bench.object("doctor")).contains("layout"))
    }

    @Test func `doctor reports a clock that was set back`() throws {
        let (bench, _) = try bench()
        bench.world.advance(milliseconds: -3 * 86_400_000)
        #expect(try checks(bench.object("doctor")).contains("clock"))
    }

    @Test func `the key of a new archive is readable by its owner only`() throws {
        let (bench, _) = try bench()
        let folder = bench.folder.path(of: "archive") + "/.quipu"
        let permissions = try FileManager.default.attributesOfItem(atPath: folder + "/local.sqlite")[
            .posixPermissions]
        #expect(permissions as? Int == 0o600)
    }
}
