import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Queries that something is done with, and indexes that they are answered from.
    struct QueryMistakeTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let id: String

        init() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let made = try ana.json(
                "add", "article", "title=One", "tags/keep=true", "author=Ana", "url=https://example.org/one")
            (self.place, self.ana, id) = (place, ana, made["id"]?.string ?? "")
        }

        private func entries() throws -> Int { try ana.quipu("log", "--json", "-n", "0").lines.count }

        @Test(arguments: [
            "-has:anotation", "-tag:kepe", "-date:2026-13", "date:2026-13", "-(kind:article tag:kepe)",
            "one -😀", "nosuch:", "-(before:2023 after:2024)",
        ])
        func `a mistaken filter is refused by commands that change, export or save its results`(
            query: String
        ) throws {
            let before = try entries()
            let output = place.path(of: "out.jsonl")
            for words in [
                ["delete", "--query", query], ["tag", "--query", query, "+x"],
                ["export", "-o", output, "--query", query],
                ["search", "--save", "S", "--", query],
            ] {
                let outcome = try ana.run(words + (words[0] == "delete" ? ["--yes"] : []))
                #expect([1, 2].contains(outcome.exitCode), "\(words): \(outcome)")
            }
            #expect(try entries() == before && !FileManager.default.fileExists(atPath: output))
        }

        @Test func `a mistake inside a saved search is refused, and a result that is merely empty is not`()
            throws
        {
            try ana.quipu("add", "collection", "name=S", "query=-tag:kepe")
            #expect(try ana.run(["delete", "--query", "in:S", "--yes"]).exitCode != 0)
            #expect(try ana.run(["tag", "--query", "tag:kepe", "+x"]).exitCode == 0)
            #expect(try ana.run(["tag", "--query", "-tag:keep kind:note", "+x"]).exitCode == 0)
        }

        @Test func `a query that excludes a tag works before that tag exists`() throws {
            try ana.quipu("tag", "--query", "kind:article -tag:finished", "+finished")
            #expect(try ana.quipu("list", "--tag", "finished", "--json").lines.count == 1)
            let before = try entries()
            try ana.quipu("tag", "--query", "kind:article -tag:finished", "+finished")
            #expect(try entries() == before)
        }

        @Test func `deleted records are selected by id, handle and address too`() throws {
            let handle = try #require(try ana.json("show", id)["handle"]?.string)
            for query in [id, handle, "https://example.org/one"] {
                try ana.quipu("delete", id)
                #expect(try ana.run(["list", "--deleted", "--json", query]).lines.count == 1, "\(query)")
                try ana.quipu("restore", "--query", query)
                #expect(try ana.run(["list", "--json", "kind:article"]).lines.count == 1, "\(query)")
            }
        }

        @Test(arguments: [["-o"], ["--format", "markdown", "-o"]])
        func `an export of nothing replaces no earlier one`(options: [String]) throws {
            let path = place.path(of: "out")
            #expect(try ana.run(["export"] + options + [path]).exitCode == 0)
            func exported() throws -> Set<String> {
                Set(
                    try FileManager.default.subpathsOfDirectory(atPath: place.path).filter {
                        $0.hasPrefix("out")
                    })
            }
            let files = try exported()
            let outcome = try ana.run(["export", "tag:kepe"] + options + [path])
            #expect(outcome.exitCode == 1 && outcome.errors.contains("no record fits"), "\(outcome)")
            #expect(try exported() == files)
            let new = try ana.run(["export", "tag:kepe"] + options + [path + "-new"])
            #expect(new.exitCode == 0 && new.errors.contains("nothing was exported"), "\(new)")
            #expect(!new.output.contains("written to"), "\(new)")
        }

        @Test func `resolve --take both is refused for a title and an address`() throws {
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", ana.folder, ".")
            try ben.quipu("set", id, "title=By Ben", "url=https://example.org/ben")
            try ana.quipu("set", id, "title=By Ana", "url=https://example.org/ana")
            try ana.quipu("sync", ben.folder, exit: 3)
            for field in ["title", "url"] {
                let outcome = try ana.run(["resolve", id, field, "--take", "both"])
                #expect(outcome.exitCode == 2 && outcome.errors.contains("holds one value"), "\(outcome)")
            }
        }

        @Test func `an index that is newer than its archive is rebuilt`() throws {
            let archive = ana.folder + "/.quipu/archive.sqlite"
            let copy = place.path(of: "copy")
            try FileManager.default.copyItem(atPath: archive, toPath: copy)
            try ana.quipu("set", id, "author=Bo")
            #expect(try ana.run(["list", "--json", "author:bo"]).lines.count == 1)
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: archive + end) }
            try FileManager.default.copyItem(atPath: copy, toPath: archive)
            #expect(try ana.run(["list", "--json", "author:bo"]).lines.isEmpty)
            #expect(try ana.run(["list", "--json", "author:ana"]).lines.count == 1)
        }
    }
}
