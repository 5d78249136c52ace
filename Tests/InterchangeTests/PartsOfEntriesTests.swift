import Foundation
import QuipuCanonicalJSON
import QuipuFormats
import QuipuInterchange
import QuipuStorage
import Support
import Testing

/// Notes and files that a source writes into the entry of their article, and gives no id.
@Suite struct PartsOfEntriesTests {
    /// Its folders go with it.
    private let replicas: Replicas
    private let store: Store
    private let folder: TemporaryFolder

    init() throws {
        replicas = try Replicas(2)
        store = replicas[0]
        folder = try TemporaryFolder()
    }

    private func file(_ name: String, _ text: String) throws {
        let path = folder.path(of: name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @discardableResult
    private func bring(_ text: String, as name: String, into other: Store? = nil) throws -> ImportReport {
        try file(name, text)
        return try Importer(into: other ?? store, author: "ana").run(
            openSource(at: folder.path(of: name), as: name.hasSuffix("ris") ? .ris : .bibtex))
    }

    private func records(_ kind: String) throws -> [Record] {
        var found: [Record] = []
        var filter = RecordFilter()
        filter.kind = kind
        try store.forEachRecord(filter) {
            if !$0.isDeleted { found.append($0) }
            return true
        }
        return found
    }

    private func notes() throws -> [String] { try records("note").compactMap { $0.string("text") }.sorted() }

    private static func ris(_ notes: [String], file: String? = nil) -> String {
        "TY  - JOUR\nTI  - Floods\nDO  - 10.1000/floods\n" + notes.map { "N1  - \($0)\n" }.joined()
            + (file.map { "L1  - \($0)\n" } ?? "") + "ER  - \n"
    }

    private static func bib(_ note: String, file: String? = nil) -> String {
        "@article{floods,\n title = {Floods},\n annote = {\(note)}"
            + (file.map { ",\n file = {:\($0):PDF}" } ?? "") + "\n}\n"
    }

    @Test func `a note that its source corrected is corrected, and the others stay`() throws {
        let (first, second) = ("The gauge at Ayacucho failed in 1997.", "Compare the newspaper of 3 May.")
        try bring(Self.ris([first, second]), as: "a.ris")
        #expect(try notes() == [second, first].sorted())
        let corrected = "The gauge at Ayacucho failed in 1998."
        let report = try bring(Self.ris([corrected, second, "Ask the mayor."]), as: "a.ris")
        #expect(report.updated == 1 && report.created == 1, "\(report)")
        #expect(try notes() == [corrected, second, "Ask the mayor."].sorted())
        // Neither the new file nor the old one is news.
        let position = try store.position
        try bring(Self.ris([corrected, second, "Ask the mayor."]), as: "a.ris")
        try bring(Self.ris([first, second]), as: "a.ris")
        #expect(try store.position == position)
    }

    /// Alike, so that each could be a correction of another.
    private static func manyNotes(_ count: Int, _ word: String = "water") -> [String] {
        (0..<count).map { "The gauge number \($0 * 7_919) failed in the \(word)." }
    }

    @Test
    func `notes of an article that come in several batches are not taken for corrections of each other`()
        throws
    {
        // More than any batch holds.
        let notes = Self.manyNotes(9_000)
        #expect(try bring(Self.ris(notes), as: "a.ris").created == 9_001)
        #expect(try self.notes() == notes.sorted())
        let position = try store.position
        try bring(Self.ris(notes), as: "a.ris")
        #expect(try store.position == position)
    }

    @Test func `a corrected note among many articles is found wherever a batch ends`() throws {
        func source(_ corrected: Int) -> String {
            (0..<500).map { article in
                "TY  - JOUR\nTI  - Floods \(article)\nDO  - 10.1000/floods.\(article)\n"
                    + (0..<5).map { note in
                        "N1  - Gauge \(note) of \(article) failed"
                            + (note == corrected ? " twice" : "") + " in the water.\n"
                    }.joined() + "ER  - \n"
            }.joined()
        }
        try bring(source(-1), as: "a.ris")
        let report = try bring(source(2), as: "a.ris")
        #expect(report.created == 0 && report.updated == 500, "\(report)")
        #expect(try notes().count == 2_500)
        #expect(try notes().count { $0.contains("twice") } == 500)
    }

    @Test(.timeLimit(.minutes(10)))
    func `a source that rewrote thousands of notes of an article is read in bounded time`() throws {
        try bring(Self.ris(Self.manyNotes(1_500)), as: "a.ris")
        try bring(Self.ris(Self.manyNotes(1_500, "river")), as: "a.ris")
        #expect(Set(try notes()).isSuperset(of: Self.manyNotes(1_500, "river")))
    }

    @Test func `a note of BibTeX that its source corrected is corrected`() throws {
        try bring(Self.bib("Read chapter two of it."), as: "a.bib")
        #expect(try bring(Self.bib("Read chapter three of it."), as: "a.bib").updated == 1)
        #expect(try notes() == ["Read chapter three of it."])
    }

    @Test func `a note that a person changed stays visible beside the correction of its source`() throws {
        try bring(Self.ris(["The gauge failed in 1997."]), as: "a.ris")
        let note = try #require(try records("note").first)
        _ = try store.edit(
            [
                Edit(
                    id: note.id, kind: "note",
                    changes: [
                        .init(
                            field: "text", json: JSONValue.string("The gauge broke in 1997.").canonicalBytes()
                        )
                    ])
            ], author: "ben")
        try bring(Self.ris(["The gauge failed in 1998."]), as: "a.ris")
        #expect(try notes() == ["The gauge broke in 1997."])
        #expect(try store.conflicts(of: note.id).count == 1)
    }

    @Test func `a note that is like none is a note of its own`() throws {
        try bring(Self.ris(["The gauge failed in 1997."]), as: "a.ris")
        try bring(Self.ris(["Cited by twelve."]), as: "b.ris")
        #expect(try notes() == ["Cited by twelve.", "The gauge failed in 1997."])
    }

    @Test(arguments: ["a.ris", "a.bib"])
    func `a file that turns up later becomes the content of the attachment that waited for it`(
        name: String
    ) throws {
        func text(_ path: String) -> String {
            name.hasSuffix("ris") ? Self.ris([], file: path) : Self.bib("Note.", file: path)
        }
        try bring(text("files/floods.pdf"), as: name)
        let waiting = try #require(try records("attachment").first)
        #expect(waiting["sha256"] == nil && waiting.string("x-path") == "files/floods.pdf")
        try file("files/floods.pdf", "content")
        #expect(try bring(text("files/floods.pdf"), as: name).updated == 1)
        #expect(try records("attachment").map(\.id) == [waiting.id])
        #expect(try records("attachment").first?["sha256"] != nil)
        // The same content elsewhere, and nowhere.
        let position = try store.position
        try file("other/renamed.pdf", "content")
        try bring(text("other/renamed.pdf"), as: name)
        try FileManager.default.removeItem(atPath: folder.path(of: "files/floods.pdf"))
        try bring(text("files/floods.pdf"), as: name)
        #expect(try store.position == position)
        // Another content is another file.
        try file("other/second.pdf", "more")
        #expect(try bring(text("other/second.pdf"), as: name).created == 1)
    }

    @Test func `notes are written back into the record of their article, and read give an equal archive`()
        throws
    {
        let source = Self.ris([
            "First paragraph\nwith a second line.\n\nSecond paragraph.", "A plain note.",
        ])
        try bring(source, as: "a.ris")
        var bytes: [UInt8] = []
        var writer = RISWriter { bytes += $0 }
        let report = try Exporter(from: store).writeDocuments(to: &writer)
        #expect(report.lost.isEmpty && report.records == 3, "\(report)")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("N1  - A plain note.\n"), "\(text)")
        // Into the archive that it is from: nothing.
        let position = try store.position
        try bring(text, as: "b.ris")
        #expect(try store.position == position)
        try bring(text, as: "b.ris", into: replicas[1])
        #expect(try replicas[1].digest == store.digest)
    }
}
