import QuipuCanonicalJSON
import QuipuFormats
import QuipuInterchange
import QuipuStorage
import Support
import Testing

/// Exports of ours that are not lossless, read into the archive that they are from.
@Suite struct OwnRecordsTests {
    /// Its folders go with it.
    private let replicas: Replicas
    private let store: Store

    init() throws {
        replicas = try Replicas(1)
        store = replicas[0]
        _ = try Importer(into: store, author: "ana").run(
            ListedItems([
                .test("article", "A", ["title": "Flood", "body": "The river rose in the night."], key: "a"),
                .test(
                    "annotation", "N1", ["text": "When?"], parent: "a",
                    passage: SourcePassage(exact: "rose in the night", prefix: "The river ")),
                .test("note", "N2", ["title": "Museum", "text": "Ask there."], parent: "a"),
            ]))
    }

    private func exported(_ change: (String) -> String = { $0 }) throws -> any SourceReader {
        var bytes: [UInt8] = []
        var writer = W3CWriter(target: { _ in nil }, sink: { bytes += $0 })
        try store.forEachRecord(RecordFilter()) { record in
            try writer.write(
                ExportRecord(
                    id: record.id.text, kind: record.kind,
                    fields: record.fields.map { (name: $0.name, value: $0.json) }))
            return true
        }
        try writer.finish()
        return try openSource(
            ByteSource(bytes: Array(change(String(decoding: bytes, as: UTF8.self)).utf8), name: "export"))
    }

    @Test func `an export of annotations changes nothing in the archive that it is from`() throws {
        let position = try store.position
        let report = try Importer(into: store, author: "ana").run(try exported())
        #expect(report.read == 3 && report.created == 0 && report.updated == 0, "\(report)")
        #expect(try store.position == position)
    }

    @Test func `an annotation that another program changed in an export updates the same record`() throws {
        let report = try Importer(into: store, author: "ana").run(
            try exported {
                $0.split(separator: "When?", omittingEmptySubsequences: false).joined(separator: "At three?")
            })
        #expect(report.created == 0 && report.updated == 1)
        var texts: [String] = []
        var filter = RecordFilter()
        filter.kind = "annotation"
        try store.forEachRecord(filter) {
            texts.append($0.string("text") ?? "")
            return true
        }
        #expect(texts == ["At three?"])
    }
}
