import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// What is no archive, or none for this version, is left as it is and told as what it is.
    struct NoArchiveTests {
        /// Commands that read and commands that write.
        static let commands: [[String]] = [
            ["status"], ["list"], ["search", "bridge"], ["log"], ["verify"], ["conflicts"], ["export"],
            ["add", "article", "title=A"], ["import", "/dev/null"], ["sync", "http://127.0.0.1:9/press"],
            ["serve", "--listen", "127.0.0.1:0"],
        ]

        /// Runs all of the commands; each must be refused in this way.
        static func expectRefusals(
            _ machine: Machine, _ error: String, exit expected: Int32 = 1, naming name: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for words in commands {
                let outcome = try machine.run(words + ["--json"])
                let refusal = Refusal(outcome.error)
                #expect(outcome.exitCode == expected, "\(outcome)", sourceLocation: sourceLocation)
                #expect(refusal.error == error, "\(outcome)", sourceLocation: sourceLocation)
                #expect(refusal.message.contains(name), "\(outcome)", sourceLocation: sourceLocation)
                #expect(!refusal.hint.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
            }
        }

        @Test
        func `every command outside an archive says how to create one`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try Self.expectRefusals(ana, "no-archive", naming: "archive")
            #expect(try ana.refusal("status").hint.contains("quipu init"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: ana.folder) == [])
        }

        @Test
        func `a missing archive that was named is named in the error`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            let nowhere = place.path(of: "nowhere")
            #expect(try ana.refusal("status", "--archive", nowhere).message.contains(nowhere))
            let outcome = try QuipuProcess.run(
                ["status", "--json"], in: ana.folder, environment: ["QUIPU_ARCHIVE": nowhere])
            #expect(
                outcome.exitCode == 1 && outcome.error["message"]?.string?.contains("QUIPU_ARCHIVE") == true)
            #expect(!FileManager.default.fileExists(atPath: nowhere))
        }

        @Test
        func `an archive of a newer version is refused and not touched`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            do {
                let database = try Connection(path: ana.storePath, options: .init(mode: .readWrite))
                try database.execute("PRAGMA user_version = 99")
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: ana.storePath))
            try Self.expectRefusals(ana, "newer-archive", naming: "newer")
            #expect(try Data(contentsOf: URL(fileURLWithPath: ana.storePath)) == before)
        }

        @Test(arguments: [
            "This is a letter to my aunt, and not an archive at all.\n",
            "SQLite format 3\0 and then nonsense",
        ])
        func `a file that is not a database is refused and not touched`(text: String) throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let letter = Data(String(repeating: text, count: 100).utf8)
            try letter.write(to: URL(fileURLWithPath: ana.storePath))
            try Self.expectRefusals(ana, "not-an-archive", naming: ana.storePath)
            #expect(try Data(contentsOf: URL(fileURLWithPath: ana.storePath)) == letter)
        }

        @Test
        func `a database of another program is refused and not touched`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try FileManager.default.removeItem(atPath: ana.storePath)
            do {
                let database = try Connection(path: ana.storePath, options: .init(mode: .readWriteCreate))
                try database.execute("CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES ('x')")
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: ana.storePath))
            try Self.expectRefusals(ana, "not-an-archive", naming: ana.storePath)
            #expect(try Data(contentsOf: URL(fileURLWithPath: ana.storePath)) == before)
        }

        @Test
        func `a second archive is not created over the first`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
            #expect(try ana.refusal("init").error == "archive-exists")
            #expect(try ana.refusal("clone", ana.folder, ".").error == "archive-exists")
            #expect(try ana.articleCount == 1)
        }
    }
}
