import Foundation
import Quipu
import Testing

/// What became of a record, what belongs to it, and how it is taken back, over the library alone.
@Suite struct VersionTests {
    private let folder: TemporaryFolder
    private let archive: Archive
    private let id: RecordID

    init() throws {
        (folder, archive, id) = try TemporaryFolder.press {
            $0.title = "Water"
            $0.body = "Forty workers left. Forty more stay."
        }
    }

    private func expect(_ code: QuipuError.Code, _ body: () throws -> Void) {
        let error = #expect(throws: QuipuError.self) { try body() }
        #expect(error?.code == code)
    }

    @Test func `an edit reports the version that it made, and none if it changed nothing`()
        throws
    {
        let (_, outcome) = try archive.edit { t in try t.edit(id) { $0.title = "High water" } }
        #expect(try archive.read { try $0.record(id)?.version } == outcome.version)
        #expect(outcome.settled.isEmpty)
        let (_, again) = try archive.edit { t in try t.edit(id) { $0.title = "High water" } }
        #expect(again.version == nil)
    }

    @Test func `two versions of a record are compared, and the record is reverted to the earlier one`() throws
    {
        try archive.write { t in
            try t.edit(id) {
                $0.title = "High water"
                $0.tags.insert("river")
            }
        }
        let comparison = try archive.read { snapshot in
            let history = try snapshot.history(of: id)
            let record = try #require(try snapshot.record(id))
            return try snapshot.compare(record, from: history[0].version, to: history[1].version)
        }
        #expect(comparison.changes.map(\.field) == ["tags/river", "title"])
        #expect(comparison.changes[1].old == .json(Array("\"Water\"".utf8)))
        #expect(comparison.changes[0].old == RecordComparison.Difference.Content.none)

        let fields = try archive.write { t in
            let record = try t.find(id.handle)
            return try t.revert(record, to: try #require(comparison.from))
        }
        #expect(fields == ["title", "tags/river"])
        let record = try #require(try archive.read { try $0.record(id) })
        #expect(record.fields.title == "Water")
        #expect(record.tags.isEmpty)
    }

    @Test func `a version is read back from its written form`() throws {
        let version = try #require(try archive.read { try $0.record(id)?.version })
        #expect(Version("\(version)") == version)
        #expect(version.description == "\(version.replica):\(version.number)")
        #expect(try archive.replica() == version.replica)
        #expect(Version("water") == nil)
    }

    @Test func `an annotation follows its moved passage, and its page shows the new position`() throws {
        let remark = try archive.write { t in
            try t.annotate(try t.find(id.handle), quote: "Forty workers") { $0.text = "Sixty." }
        }
        try archive.write { t in
            try t.edit(id) { $0.body = "It is said: Forty workers left. Forty more stay." }
        }
        let page = try #require(try archive.read { try $0.page(of: id) })
        #expect(page.dependents.map(\.record.id) == [remark])
        #expect(page.dependents.first?.passage == .moved(12..<25))
        #expect(page.dependents.first?.record.fields.text == "Sixty.")
        let own = try archive.read { try $0.page(ofFound: remark.handle) }
        #expect(own.target?.id == id)
        #expect(own.passage == .moved(12..<25))
    }

    @Test func `a quotation that occurs nowhere or more than once is refused with an error code`() throws {
        func annotate(_ quote: String, _ occurrence: Int? = nil) throws {
            _ = try archive.write { t in
                try t.annotate(try t.find(id.handle), quote: quote, occurrence: occurrence)
            }
        }
        expect(.quoteNotFound) { try annotate("sixty") }
        expect(.quoteAmbiguous) { try annotate("Forty") }
        expect(.quoteNotFound) { try annotate("Forty", 3) }
        try annotate("Forty", 2)
    }

    @Test func `a deleted record is purged for good, and one that is not deleted is refused`() throws {
        expect(.notDeleted) { _ = try archive.purge(id) }
        try archive.write { t in try t.delete(id) }
        let report = try archive.purge(id)
        #expect(report.recordCount == 1)
        #expect(report.valueCount == 2)
        #expect(try archive.purge(id).version == nil)
        let record = try #require(try archive.read { try $0.record(id) })
        #expect(record.isPurged)
        #expect(record.fields.body == nil)
        #expect(try archive.read { try $0.status().purgedCount } == 1)
    }

    @Test func `numbers and texts are read back from a field unchanged`() throws {
        try archive.write { t in
            try t.edit(id) { $0["x-data"] = ["deep": [1.5, 1e21, "\u{1}é\"", nil, true]] }
        }
        let fields = try #require(try archive.read { try $0.record(id)?.fields })
        let json = try #require(fields.json(of: "x-data"))
        #expect(String(decoding: json, as: UTF8.self) == #"{"deep":[1.5,1e+21,"\u0001é\"",null,true]}"#)
        #expect(Value(json: json) == fields["x-data"])
        #expect(fields["x-data"]?.json == json)
    }

    @Test func `the status says what an archive holds`() throws {
        try archive.addRemote("office", at: folder.path + "/office")
        let status = try archive.read { try $0.status() }
        #expect(status.records.map(\.kind) == [.article])
        #expect(status.records.map(\.count) == [1])
        #expect(status.conflictCount == 0)
        #expect(status.mirrors.map(\.name) == ["office"])
        #expect(status.mirrors.first?.ahead == 1)
        #expect(status.mirrors.first?.behind == nil)
        #expect(try archive.read { try $0.shares().map(\.author) } == ["Ana Ruiz"])
    }

    @Test func `the kinds say which fields they have`() {
        let required = RecordKind.collection.schema?.fields.filter(\.isRequired).map(\.name)
        #expect(required == ["name"])
        let sets = RecordKind.article.schema?.fields.filter(\.isSet).map(\.name) ?? []
        #expect(sets.contains("tags"))
        #expect(RecordKind(rawValue: "song").schema == nil)
        #expect(RecordKind.known.contains(.annotation))
    }
}
