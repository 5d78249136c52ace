import QuipuFormats
import QuipuInterchange
import QuipuStorage
import Support
import Testing

/// Files that readers take, and what the archive makes of them.
@Suite struct ImporterTests {
    private static let id = "01234567-89ab-8def-8123-456789abcdef"

    private func bring(
        _ text: String, to store: Store, collection: String? = nil, as format: SourceFormat? = .jsonl
    ) throws -> ImportReport {
        try Importer(into: store, author: "ana", collectionName: collection)
            .run(try openSource(ByteSource(bytes: Array(text.utf8), name: "memory"), as: format))
    }

    @Test
    func
        `a page title from an annotation service never replaces an article's title, but fills a missing one`()
        throws
    {
        let annotation =
            #"{"id":"a1","user":"acct:d@hypothes.is","uri":"https://press.example/w","target":[{"selector":[{"type":"TextQuoteSelector","exact":"rose"}]}],"text":"when?","document":{"title":["On wells – The Press – Mozilla"]}}"#
        let article = #"{"title":"On wells","url":"https://press.example/w","body":"The river rose."}"#
        for order in [[article, annotation], [annotation, article]] {
            let store = try Replicas(1)[0]
            for text in order { _ = try bring(text, to: store, as: nil) }
            var titles: [String] = []
            var filter = RecordFilter()
            filter.kind = "article"
            try store.forEachRecord(filter) {
                titles.append($0["title"].map { String(decoding: $0, as: UTF8.self) } ?? "")
                return true
            }
            #expect(titles == [#""On wells""#])
        }
        let store = try Replicas(1)[0]
        #expect(try bring(annotation, to: store, as: nil).created == 2)
    }

    @Test func `a record whose kind is not in normal form C is rejected, and the next record is imported`()
        throws
    {
        let store = try Replicas(1)[0]
        let report = try bring(
            """
            {"fields":{"a":1},"id":"\(Self.id)","kind":"e\u{301}","quipu":1}
            {"title":"After"}
            """, to: store)
        #expect(report.rejectedCount == 1)
        #expect(report.created == 1)
    }

    @Test func `only the record with more values than a transaction can hold is rejected`() throws {
        let store = try Replicas(1)[0]
        let name = String(repeating: "n", count: 480)
        let members = (0..<9_000).map { "\"\(name)\($0)\":1" }.joined(separator: ",")
        let report = try bring("{\"title\":\"Wide\",\(members)}\n{\"title\":\"After\"}\n", to: store)
        #expect(report.rejected.map(\.place.line) == [1])
        #expect(report.created == 1)
    }

    @Test func `records with long names and short values are imported in several transactions`()
        throws
    {
        let store = try Replicas(1)[0]
        let name = String(repeating: "n", count: 480)
        let members = (0..<400).map { "\"\(name)\($0)\":1" }.joined(separator: ",")
        let lines = (0..<40).map { "{\"title\":\"\($0)\",\(members)}\n" }
        #expect(try bring(lines.joined(), to: store).created == 40)
        #expect(try store.position > 1)
        #expect(try store.verify().damaged == [])
    }

    @Test
    func `importing a file again changes nothing, even if it contains the target collection`()
        throws
    {
        let store = try Replicas(1)[0]
        let file = """
            {"fields":{"name":"Press"},"id":"\(Self.id)","kind":"collection","quipu":1}
            {"body":"Water."}
            """
        _ = try bring(file, to: store, collection: "Press")
        let position = try store.position
        let report = try bring(file, to: store, collection: "Press")
        #expect(report.updated == 0)
        #expect(try store.position == position)
    }

    @Test func `importing a file again changes nothing, even if two of its records share an address`() throws
    {
        let store = try Replicas(1)[0]
        let file = """
            {"title":"Water","url":"https://example.org/a"}
            {"fields":{"title":"Flood","url":"https://example.org/a"},"id":"\(Self.id)","kind":"article","quipu":1}
            """
        _ = try bring(file, to: store)
        let position = try store.position
        #expect(try bring(file, to: store).updated == 0)
        #expect(try store.position == position)
    }
}
