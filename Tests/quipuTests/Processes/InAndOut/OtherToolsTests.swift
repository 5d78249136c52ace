import Foundation
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// The archive is the people's own: any SQLite tool reads it.
    struct OtherToolsTests {
        static let sqlite = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }

        private static func archive(in place: TemporaryFolder) throws -> Machine {
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu(
                "import", try place.write(SampleCollection.text, to: "collection.txt"), "--collection",
                "Ecuador")
            return ana
        }

        @Test
        func `the plain views show titles, tags and collections`() throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            let titles = Set(try ana.articles.compactMap { $0["fields"]?["title"]?.string })
            let id = try #require(try ana.articles.first?["id"]?.string)
            try ana.quipu("tag", id, "+strike")

            let database = try Connection(path: ana.storePath, options: .init(mode: .readOnly))
            var rows = try database.rows("SELECT title FROM articles LIMIT 3")
            var count = 0
            while try rows.next() {
                #expect(titles.contains(rows.text(0)))
                count += 1
            }
            #expect(count == 3)
            #expect(try database.integer("SELECT count(*) FROM articles") == 17)
            #expect(try database.text("SELECT tag FROM tags WHERE id = ?", .text(id)) == "strike")
            #expect(try database.text("SELECT name FROM collections") == "Ecuador")
            #expect(try database.integer("SELECT count(*) FROM history WHERE author = 'ana'") != 0)
        }

        @Test(.enabled(if: sqlite != nil, "the program sqlite3 is not installed"))
        func `the sqlite3 program can query the titles`() throws {
            let place = try TemporaryFolder()
            let ana = try Self.archive(in: place)
            let ending = try ChildProgram(
                [try #require(Self.sqlite), ".quipu/archive.sqlite", "SELECT title FROM articles LIMIT 3"],
                in: ana.folder, environment: [:]
            ).finish()
            #expect(ending.exitCode == 0, "\(ending.errors)")
            #expect(ending.output.split(separator: "\n").count == 3)
            try ana.expectUndamaged()
        }
    }
}
