import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Markdown exported into a folder that holds an earlier export.
    struct ExportFolderTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let folder: String

        init() throws {
            place = try TemporaryFolder()
            folder = place.path(of: "md")
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
        }

        private func add(_ title: String) throws -> String {
            try #require(
                try ana.json("add", "article", "title=\(title)", "body=About \(title).")["id"]?.string)
        }

        private func export(to folder: String? = nil) throws -> QuipuProcess.Outcome {
            try ana.quipu("export", "--format", "markdown", "-o", folder ?? self.folder)
        }

        private func files(_ folder: String) throws -> [String: String] {
            var files: [String: String] = [:]
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !name.hasPrefix(".")
            {
                files[name] =
                    (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? "(folder)"
            }
            return files
        }

        private func expectFresh(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let fresh = place.path(of: UUID().uuidString)
            _ = try export(to: fresh)
            #expect(try files(folder) == files(fresh), sourceLocation: sourceLocation)
            let ben = try Machine(UUID().uuidString, in: place)
            try ben.quipu("init")
            try ben.quipu("import", folder)
            #expect(try ben.contentDigest == ana.contentDigest, sourceLocation: sourceLocation)
        }

        @Test func `a repeated export leaves exactly what a fresh export would write`() throws {
            let ids = try ["First", "Second", "Third"].map(add)
            try ana.quipu("add", "note", "text=A note.")
            _ = try export()
            try expectFresh()
            try ana.quipu("set", ids[0], "title=Another title")
            try ana.quipu("set", ids[1], "body=Another text.")
            try ana.quipu("delete", ids[2])
            _ = try add("Fourth")
            let report = try export()
            #expect(report.output.contains("2 files of an earlier export removed"), "\(report)")
            try expectFresh()
            // A kind that has no records left leaves no folder.
            let note = try #require(
                try ana.quipu("list", "--kind", "note", "--json").lines.first?["id"]?.string)
            try ana.quipu("delete", note)
            _ = try export()
            try expectFresh()
            #expect(!FileManager.default.fileExists(atPath: folder + "/note"))
        }

        @Test func `files that somebody changed or added are kept and named`() throws {
            let (one, two) = (try add("One"), try add("Two"))
            _ = try export()
            let names = try files(folder).keys.filter { $0.hasSuffix(".md") }.sorted()
            try #require(names.count == 2)
            for name in names {
                let path = folder + "/" + name
                try (String(contentsOfFile: path, encoding: .utf8) + "By hand.").write(
                    toFile: path, atomically: true, encoding: .utf8)
            }
            try "# Mine".write(toFile: folder + "/mine.md", atomically: true, encoding: .utf8)
            try "not text".write(toFile: folder + "/other.txt", atomically: true, encoding: .utf8)
            try ana.quipu("delete", two)
            let outcome = try export()
            let left = try files(folder)
            // The record that is there has its file; what was changed lies beside it.
            #expect(left[names[0]]?.contains("By hand.") == false)
            #expect(left[names[0] + ".changed"]?.contains("By hand.") == true)
            // The other has none, and the changed one stays.
            #expect(left[names[1]]?.contains("By hand.") == true)
            #expect(left["mine.md"] == "# Mine" && left["other.txt"] == "not text")
            for name in [names[0] + ".changed", names[1], "mine.md"] {
                #expect(outcome.errors.contains(name), "\(outcome)")
            }
            #expect(!outcome.errors.contains("other.txt"))
            #expect(one != two)
        }

        @Test func `two archives in one folder leave each other's files unchanged`() throws {
            _ = try add("Mine")
            _ = try export()
            let ben = try Machine("ben", in: place)
            try ben.quipu("init", "--name", "other")
            try ben.quipu("add", "article", "title=Theirs", "body=x")
            #expect(try ben.quipu("export", "--format", "markdown", "-o", folder).errors.contains("mine-"))
            _ = try export()
            #expect(try files(folder).keys.count { $0.hasSuffix(".md") } == 2)
        }

        @Test func `a site and Markdown do not share a folder, and a site shares it with nothing`() throws {
            _ = try add("One")
            func site(_ folder: String, exit: Int32 = 0) throws -> QuipuProcess.Outcome {
                try ana.quipu("export", "--format", "site", "-o", folder, exit: exit)
            }
            _ = try export()
            let before = try files(folder)
            let refused = try site(folder, exit: 1)
            #expect(refused.errors.contains("it holds a Markdown export"), "\(refused)")
            #expect(try files(folder) == before)

            let pages = place.path(of: "pages")
            _ = try site(pages)
            _ = try add("Two")
            // What somebody puts beside it later stays.
            try "keep".write(toFile: pages + "/mine.txt", atomically: true, encoding: .utf8)
            _ = try site(pages)
            let written = try files(pages)
            let over = try ana.quipu("export", "--format", "markdown", "-o", pages, exit: 1)
            #expect(over.errors.contains("it holds a site"), "\(over)")
            let ben = try Machine("ben", in: place)
            try ben.quipu("init", "--name", "other")
            try ben.quipu("add", "article", "title=Theirs", "body=x")
            let refusal = try ben.refusal("export", "--format", "site", "-o", pages)
            #expect(refusal.error == "folder-in-use", "\(refusal)")
            #expect(try files(pages) == written)

            let other = place.path(of: "other")
            try FileManager.default.createDirectory(
                atPath: other + "/.git", withIntermediateDirectories: true)
            _ = try site(other)
            let full = place.path(of: "full")
            try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
            try "mine".write(toFile: full + "/index.html", atomically: true, encoding: .utf8)
            #expect(try site(full, exit: 1).errors.contains("index.html"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: full) == ["index.html"])
        }

        @Test func `an export manifest with a path outside the folder removes nothing`() throws {
            let id = try add("One")
            _ = try export()
            let outside = try place.write("precious", to: "outside.md")
            let hash = "78b2f60d2f8d9b3ba7c2c3a07ee8d5b5a86d0f8b1bd4b0ff50b7a2fcd6d2a0a1"
            let manifest = folder + "/.quipu-export"
            let text = try String(contentsOfFile: manifest, encoding: .utf8)
            for path in ["../outside.md", "/outside.md", "article/../../outside.md", "..md/outside.md"] {
                try (text + "\(hash)  \(path)\n").write(toFile: manifest, atomically: true, encoding: .utf8)
                try ana.quipu("set", id, "title=Another \(path.count)")
                _ = try export()
            }
            #expect(try String(contentsOfFile: outside, encoding: .utf8) == "precious")
        }
    }
}
