import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// What a compaction does to the file and its index of words.
@Suite struct CompactedFileTests {
    private let record = RecordID(rawValue: 7)

    private func article(_ store: Store) throws -> Record {
        try #require(try store.view(record, kind: "article"))
    }

    /// Whether bytes stand anywhere in the archive's files.
    private func holds(_ store: Store, _ text: String) throws -> Bool {
        try ["", "-wal"].contains { suffix in
            let path = store.folder.storePath + suffix
            guard FileManager.default.fileExists(atPath: path) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(text.utf8)) != nil
        }
    }

    @Test func `a dry run counts what a compaction drops and changes nothing`() throws {
        let group = try Replicas(1)
        for title in ["Quicksilver", "Lead", "Tin"] {
            try group.add([("title", "\"\(title)\"")], id: 7, at: 0)
        }
        try group.add([("title", "\"Iron\"")], id: 8, at: 0)
        try group.add([("title", "\"Steel\"")], id: 8, at: 0)
        let dry = try group[0].compact(isDryRun: true)
        #expect(try holds(group[0], "Quicksilver"))
        let done = try group[0].compact()
        #expect(dry.droppedTexts == 3 && done.droppedTexts == 3)
        #expect(dry.droppedBytes == done.droppedBytes)
    }

    @Test func `the search index forgets the words of dropped texts and finds all others`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Quicksilver\"")], id: 7, at: 0)
        try group.add([("title", "\"Market\"")], id: 8, at: 0)
        var isFresh = true
        #expect(try group[0].search("quicksilver", isIndexFresh: &isFresh).count == 1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        _ = try group[0].search("water", isIndexFresh: &isFresh)
        #expect(try holds(group[0], "quicksilver"), "the index folds case")
        _ = try group[0].compact()
        #expect(try !holds(group[0], "quicksilver"))
        #expect(try group[0].search("quicksilver", isIndexFresh: &isFresh).isEmpty)
        #expect(try group[0].search("market", isIndexFresh: &isFresh).count == 1)
        #expect(try group[0].search("water", isIndexFresh: &isFresh).count == 1)
    }

    @Test func `the file shrinks by the size of the dropped texts`() throws {
        let group = try Replicas(1)
        for index in 0..<20 {
            let body = "\"\(index)" + String(repeating: "x", count: 50_000) + "\""
            try group.add([("body", body)], id: 7, at: 0)
        }
        let report = try group[0].compact()
        #expect(report.droppedTexts == 19)
        #expect(report.freedBytes > report.droppedBytes / 2)
        #expect(try group[0].verify().damaged == [])
    }

    @Test func `a reader keeps its view during a compaction, and the file shrinks later`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Quicksilver\"")], id: 7, at: 0)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let reader = try Store(
            opening: group[0].folder, mode: .readOnly, environment: group.world.environment())
        let writer = try Store(
            opening: group[0].folder, environment: group.world.environment(), busyTimeoutMilliseconds: 0)
        try reader.reading {
            let view = try article(reader)
            let first = try #require(try reader.log.history(of: view).first)
            let report = try writer.compact()
            #expect(report.droppedTexts == 1)
            #expect(report.hindrance?.code == .busy)
            #expect(
                try reader.log.fields(of: view, at: first.version).first?.json
                    == canonicalString("Quicksilver"))
        }
        #expect(try writer.compact().hindrance == nil)
    }
}
