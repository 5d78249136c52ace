import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Exports for readers and for other programs.
    struct ExportFormatTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let id: String

        init() throws {
            (place, ana) = try Machine.withPress()
            id = try #require(
                try ana.json(
                    "add", "article", "title=High water", "body=The river rose.", "author:=[\"Ruiz, Ana\"]",
                    "date=2026-03-04", "url=https://example.org/1", "x-section=News")["id"]?.string)
            try ana.quipu("add", "article", "title==2+3", "body=Low water.", "url=https://example.org/2")
            try ana.quipu("annotate", id, "--quote", "river", "--note", "Which one?", "--tag", "flood")
            try ana.quipu("add", "note", "title=To do", "text=Call.")
        }

        private func text(_ name: String) throws -> String {
            try String(contentsOfFile: place.path(of: name), encoding: .utf8)
        }

        private func files(_ name: String) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: place.path(of: name)).sorted()
        }

        @Test func `markdown has an annotation in the file of its article, and a changed remark comes back`()
            throws
        {
            let folder = place.path(of: "md")
            try ana.quipu("export", "--format", "markdown", "-o", folder)
            #expect(try files("md").filter { $0.hasPrefix("annotation/") }.isEmpty)
            let name = try #require(try files("md").first { $0.contains("high-water-") })
            let path = "md/" + name
            let content = try text(path)
            #expect(content.contains("> river\n") && content.contains("#flood\n"), "\(content)")
            let ben = try Machine("ben", in: place)
            try ben.quipu("init")
            try ben.quipu("import", folder)
            #expect(try ben.contentDigest == ana.contentDigest)
            try content.replacing("Which one?", with: "The Daule.").write(
                toFile: place.path(of: path), atomically: true, encoding: .utf8)
            try ben.quipu("import", folder)
            let remark = try #require(
                try ben.quipu("list", "--kind", "annotation", "--json").lines.first?["id"]?.string)
            #expect(try ben.field("text", of: remark) == "The Daule.")
        }

        @Test func `an annotation whose article is not exported has a file of its own`() throws {
            try ana.quipu("export", "--format", "markdown", "-o", place.path(of: "md"), "tag:flood")
            #expect(
                try files("md").filter { $0.hasSuffix(".md") }.map { $0.hasPrefix("annotation/") } == [true])
            try ana.quipu("export", "--format", "markdown", "-o", place.path(of: "one"), "title:high")
            let name = try #require(try files("one").first { $0.hasSuffix(".md") })
            #expect(try text("one/" + name).contains("Which one?"))
        }

        @Test func `references are imported as they were exported`() throws {
            for format in ["ris", "csl", "bibtex"] {
                let path = place.path(of: "refs." + format)
                let outcome = try ana.quipu("export", "--format", format, "-o", path)
                #expect(outcome.errors.contains("has no place for"), "\(outcome)")
                let report = try ana.json("export", "--format", format, "-o", path)
                #expect(report["records"]?.integer == 2)
                #expect(report["omittedRecords"]?["note"]?.integer == 1)
                #expect(report["omittedFields"]?.members?.isEmpty == false)
                let ben = try Machine("ben-" + format, in: place)
                try ben.quipu("init")
                try ben.quipu("import", path)
                let again = place.path(of: "again." + format)
                try ben.quipu("export", "--format", format, "-o", again)
                for title in ["High water", "=2+3"] {
                    #expect(try text("again." + format).contains(title), "\(format)")
                }
                #expect(try ben.articleCount == 2)
            }
        }

        @Test func `a site is brought up to date in a folder of its own`() throws {
            let folder = place.path(of: "out")
            try ana.quipu("export", "--format", "site", "-o", folder)
            try ana.quipu("set", id, "title=Another title")
            let report = try ana.json("export", "--format", "site", "-o", folder)
            #expect(report["removed"]?.integer == 1)
            try ana.quipu("export", "--format", "site", "-o", place.path(of: "fresh"))
            let isOfSite: (String) -> Bool = { [".html", ".css", ".js"].contains(where: $0.hasSuffix) }
            let fresh = try files("fresh").filter(isOfSite)
            #expect(try files("out").filter(isOfSite) == fresh)
            for name in fresh {
                #expect(try text("out/" + name) == text("fresh/" + name), "\(name)")
            }
            let page = try #require(fresh.first { $0.contains("another-title") })
            #expect(try text("fresh/" + page).contains("The <mark>river</mark>"))
        }

        @Test func `a table for spreadsheets has no formula, and other formats refuse that option`() throws {
            let path = place.path(of: "table.csv")
            try ana.quipu("export", "--format", "csv", "--for-spreadsheets", "-o", path)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
            #expect(try text("table.csv").contains(",'=2+3,"))
            try ana.quipu("export", "--format", "csv", "-o", path)
            #expect(try text("table.csv").contains(",=2+3,"))
            #expect(try ana.run(["export", "--format", "ris", "--for-spreadsheets"]).exitCode == 2)
            #expect(try ana.run(["export", "--format", "site"]).exitCode == 2)
        }

        @Test(arguments: ["w3c", "ris", "csl", "biblatex", "csv", "epub"])
        func `every format goes to a file and to standard output, and an empty one replaces nothing`(
            format: String
        ) throws {
            let path = place.path(of: "out")
            try ana.quipu("export", "--format", format, "-o", path)
            let written = try Data(contentsOf: URL(fileURLWithPath: path))
            let piped = Data(try ana.quipu("export", "--format", format).ending.outputBytes)
            // A book says on which day it was made.
            #expect(format == "epub" ? written.count == piped.count : written == piped)
            let refused = try ana.run(["export", "--format", format, "-o", path, "lang:xx"])
            #expect(refused.exitCode != 0)
            let empty = try ana.run(["export", "--format", format, "-o", path, "nothingofthesort"])
            #expect(empty.exitCode == 1 && empty.errors.contains("no record fits"), "\(empty)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == written)
        }
    }
}
