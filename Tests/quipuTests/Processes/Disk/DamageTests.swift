import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// A file that something has written over. Whatever is done with it ends with an answer or an error, never with
    /// a crash, and `verify` finds it.
    struct DamageTests {
        static let pageBytes = 8 << 10
        private static let commands = [
            ["list"], ["search", "lenin"], ["export"], ["conflicts"], ["tag", "zzzzzzzz", "+a"],
        ]

        private static func archive(in place: TemporaryFolder) throws -> (machine: Machine, file: Data) {
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu(
                "import", try place.write(SampleCollection.text, to: "collection.txt"), "--collection",
                "Ecuador")
            try ana.quipu("search", "lenin")
            let id = try #require(try ana.articles.first?["id"]?.string)
            try ana.quipu("set", id, "title=A better title")
            return (ana, try Data(contentsOf: URL(fileURLWithPath: ana.storePath)))
        }

        private static func put(_ data: Data, at path: String) throws {
            try data.write(to: URL(fileURLWithPath: path))
            // What a write-ahead log may still hold would repair what the test has broken.
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }

        @Test
        func `verify reports any overwritten page with exit code 5, and no command crashes`() throws {
            let place = try TemporaryFolder()
            let (ana, file) = try Self.archive(in: place)
            var random = SplitMix64(seed: 5)
            for page in 0..<file.count / Self.pageBytes {
                var damaged = file
                let start = page * Self.pageBytes
                for offset in start..<start + Self.pageBytes {
                    damaged[offset] = UInt8.random(in: .min ... .max, using: &random)
                }
                try Self.put(damaged, at: ana.storePath)
                let outcome = try ana.run(["verify", "--json"])
                // Without its first page it cannot be known for an archive.
                #expect(outcome.exitCode == (page == 0 ? 1 : 5), "page \(page + 1): \(outcome)")
                let words = Self.commands[page % Self.commands.count]
                let other = try ana.run(words + ["--json"])
                #expect([0, 1, 5].contains(other.exitCode), "page \(page + 1): \(other)")
                #expect(
                    other.exitCode == 0 || other.error["hint"]?.string != nil, "page \(page + 1): \(other)")
            }
        }

        @Test
        func `comparing with a damaged mirror names the records that differ`() throws {
            let office = try Office(articles: ["The bridge opens", "Fog in the harbour", "Night ferry"])
            let id = try #require(
                try office.ben.articles.first { $0["fields"]?["title"]?.string == "Night ferry" }?["id"]?
                    .string)
            let database = try Connection(path: office.ben.storePath, options: .init(mode: .readWrite))
            try database.execute(
                "UPDATE record SET fields = replace(fields, 'Night ferry', 'Day ferry')")
            let found = try office.ana.run(["verify", office.ben.folder, "--json"])
            #expect(found.exitCode == 5, "\(found)")
            #expect(found.json["differing"]?.array?.compactMap(\.string) == [id])
            #expect(found.json["equal"]?.bool == false)
            try office.ana.expectUndamaged()
        }

        @Test
        func `verify detects one changed letter of one article`() throws {
            let place = try TemporaryFolder()
            let (ana, file) = try Self.archive(in: place)
            let body = try #require(try ana.articles.last?["fields"]?["body"]?.string)
            var damaged = file
            let words = try #require(damaged.firstRange(of: Data(body.utf8.prefix(20))))
            damaged[words.lowerBound] ^= 1
            try Self.put(damaged, at: ana.storePath)

            let outcome = try ana.run(["verify", "--json"])
            #expect(outcome.exitCode == 5, "\(outcome)")
            #expect(try #require(outcome.json["damaged"]?.integer) >= 1)
            #expect(outcome.json["findings"]?.array?.isEmpty == false)
        }

        @Test(arguments: [0.1, 0.5, 0.9])
        func `a truncated file is reported as damage and crashes nothing`(share: Double) throws {
            let place = try TemporaryFolder()
            let (ana, file) = try Self.archive(in: place)
            try Self.put(file.prefix(Int(Double(file.count) * share)), at: ana.storePath)
            let outcome = try ana.run(["verify", "--json"])
            #expect(outcome.exitCode == 5, "\(outcome)")
        }

        @Test
        func `an empty file is not accepted as an archive`() throws {
            let place = try TemporaryFolder()
            let (ana, _) = try Self.archive(in: place)
            try Self.put(Data(), at: ana.storePath)
            #expect(
                ["not-an-archive", "damaged"].contains(
                    try ana.run(["status", "--json"]).error["error"]?.string))
        }

        @Test
        func `a lost or broken local file costs no edit, and the suggested remedy works`() throws {
            let place = try TemporaryFolder()
            let (ana, _) = try Self.archive(in: place)
            let digest = try ana.digest
            let local = ana.folder + "/.quipu/local.sqlite"
            try Self.put(Data("nonsense".utf8), at: local)
            let refusal = Refusal(try ana.run(["status", "--json"]).error)
            #expect(refusal.message.contains("local.sqlite") && refusal.hint.contains("rm "))
            // As the hint says.
            try FileManager.default.removeItem(atPath: local)
            #expect(try ana.digest == digest)
            try ana.quipu("add", "note", "text=written under a fresh origin")
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", ana.folder, ".")
            #expect(try ben.digest == ana.digest)
        }
    }
}
