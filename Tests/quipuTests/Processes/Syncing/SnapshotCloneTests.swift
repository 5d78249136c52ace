import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A first clone takes the copy that a server makes of an archive.
    struct SnapshotCloneTests {
        /// Ana has pushed more than comes as fast by itself.
        private static func office() throws -> Office {
            let office = try Office()
            var random = SplitMix64(seed: 3)
            let text = GeneratedArticles.lines(150, words: 4_500, named: "flood", &random)
            try office.ana.quipu("import", try office.place.write(text, to: "flood.jsonl"))
            try office.ana.sync()
            return office
        }

        private static func snapshots(_ office: Office) throws -> [String] {
            let folder = office.place.path(of: "office") + "/press/.quipu/snapshots"
            return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        }

        @Test func `a clone is the server's snapshot plus the later transactions`() throws {
            let office = try Self.office()
            let caro = try Machine("caro", in: office.place)
            let first = try caro.json("clone", office.url, ".")
            #expect(first["inSync"]?.bool == true)
            #expect(first["received"]?.number == 150)
            #expect(try Self.snapshots(office).count == 1)

            _ = try office.ana.add(title: "The day after")
            try office.ana.sync()
            let dora = try Machine("dora", in: office.place)
            let second = try dora.json("clone", office.url, ".")
            #expect(second["received"]?.number == 151)
            #expect(try Self.snapshots(office).count == 1, "little has come since, so the copy still does")
            try caro.sync()
            try expectSame(office.ana, caro, dora)
            #expect(
                Set(try [office.ana, caro, dora].map { try $0.json("status")["replica"]?.string }).count == 3)
            let left = try FileManager.default.contentsOfDirectory(atPath: dora.folder + "/.quipu")
            #expect(left.filter { $0.hasPrefix("snapshot") } == [])
        }

        @Test func `an interrupted clone resumes at the byte with the same command`() throws {
            let office = try Self.office()
            let whole = try CuttingProxy(to: office.server.port, cutting: .reply, afterBytes: .max)
            try Machine("caro", in: office.place).quipu("clone", whole.url + "/press", ".")
            let size = whole.passedBytes.reply

            let dora = try Machine("dora", in: office.place)
            var link: CuttingProxy? = try CuttingProxy(
                to: office.server.port, cutting: .reply, afterBytes: size / 2, holding: true)
            let program = try dora.start("clone", try #require(link).url + "/press", ".")
            try link?.waitForCut(of: program)
            link = nil
            let cut = try program.finish()
            #expect(cut.exitCode == 4, "\(cut)")
            #expect(cut.errors.contains("the same command"), "\(cut)")
            let rest = try CuttingProxy(to: office.server.port, cutting: .reply, afterBytes: .max)
            try dora.quipu("clone", rest.url + "/press", ".")
            // A header, and the block that was under way.
            #expect(rest.passedBytes.reply < size / 2 + (192 << 10), "\(size)")
            try expectSame(office.ana, dora)
        }

        @Test func `a snapshot that does not match its chains is not used, and the clone still succeeds`()
            throws
        {
            let office = try Self.office()
            try Machine("caro", in: office.place).quipu("clone", office.url, ".")
            let name = try #require(try Self.snapshots(office).first)
            let path = office.place.path(of: "office") + "/press/.quipu/snapshots/" + name
            // Still compressed and checksummed as it should be: only a value in it is another.
            let folder = try TemporaryFolder()
            let plain = folder.path(of: "plain.sqlite")
            try Self.run("zstd", "-q", "-d", path, "-o", plain)
            try Self.run(
                "sqlite3", plain,
                "UPDATE record SET fields = replace(fields, 'flood 7', 'flood 8') WHERE row = 8")
            try Self.run("zstd", "-q", "-f", plain, "-o", path)
            let dora = try Machine("dora", in: office.place)
            let outcome = try dora.quipu("clone", office.url, ".")
            #expect(outcome.errors.contains("not sound"), "\(outcome)")
            try expectSame(office.ana, dora)
        }

        private static func run(_ words: String...) throws {
            let ending = try ChildProgram(["/usr/bin/env"] + words, in: "/", environment: [:]).finish()
            #expect(ending.exitCode == 0, "\(ending)")
        }

        @Test func `a compaction on the server removes its snapshots`() throws {
            let office = try Self.office()
            try Machine("caro", in: office.place).quipu("clone", office.url, ".")
            #expect(try Self.snapshots(office).count == 1)
            let there = Machine("office", at: office.place.path(of: "office") + "/press")
            try there.quipu("compact")
            #expect(try Self.snapshots(office) == [])
        }
    }
}
