import QuipuCanonicalJSON
import QuipuFormats
import QuipuInterchange
import QuipuStorage
import Support
import Testing

/// What belongs to an article comes in with it.
@Suite struct RelatedItemsTests {
    /// Its folders go with it.
    private let replicas: Replicas
    private let store: Store

    init() throws {
        replicas = try Replicas(1)
        store = replicas[0]
    }

    private func bring(_ items: [SourceItem]) throws -> ImportReport {
        try Importer(into: store, author: "ana").run(ListedItems(items))
    }

    private func records(_ kind: String) throws -> [Record] {
        var found: [Record] = []
        var filter = RecordFilter()
        filter.kind = kind
        try store.forEachRecord(filter) {
            found.append($0)
            return true
        }
        return found
    }

    private func library(remark: String = "When?", quote: String = "rose in the night") -> [SourceItem] {
        [
            .test("article", "A", ["title": "Flood", "body": "The river rose in the night."], key: "a"),
            .test("article", "B", ["title": "Drought"], key: "b"),
            .test(
                "annotation", "N1", ["text": .string(remark)], parent: "a",
                passage: SourcePassage(exact: quote, prefix: "The river ")),
            .test("note", "N2", ["text": "Ask the museum."], parent: "b"),
            .test(
                "attachment", "F", ["name": "map.txt"], key: "f", parent: "a",
                attached: .bytes(Array("map".utf8))),
            .test("annotation", "N3", ["text": "On the map."], parent: "f"),
        ]
    }

    @Test func `notes, annotations and files belong to the records of their articles`() throws {
        let report = try bring(library())
        #expect(report.created == 6 && report.read == 6 && report.remarkCount == 0)
        let flood = try #require(try records("article").first { $0.string("title") == "Flood" })
        let drought = try #require(try records("article").first { $0.string("title") == "Drought" })
        #expect(try records("note").map { $0.string("target") } == [drought.id.text])
        #expect(try records("annotation").allSatisfy { $0.string("target") == flood.id.text })
        let file = try #require(try records("attachment").first.flatMap { QuipuStorage.Attachment($0) })
        let hash = try #require(file.hash)
        #expect(file.name == "map.txt" && file.sizeBytes == 3)
        #expect(try store.blobs.files.content(of: hash)?.read(at: 0, count: 9) == Array("map".utf8))
    }

    @Test func `an annotation stands where the words that it quotes stand`() throws {
        _ = try bring(library())
        let remark = try #require(try records("annotation").first { $0.string("text") == "When?" })
        #expect(remark["position"] == Array(#"{"end":27,"start":10}"#.utf8))
        let anchor = try JSONParser().parse(try #require(remark["anchor"]))
        #expect(anchor["method"]?.string == "exact" && anchor["score"]?.number == 1)
    }

    @Test func `an annotation whose words are not in the text is kept as lost`() throws {
        _ = try bring(library(quote: "nothing of the kind was ever printed there"))
        let remark = try #require(try records("annotation").first { $0.string("text") == "When?" })
        #expect(remark["position"] == nil)
        let anchor = try JSONParser().parse(try #require(remark["anchor"]))
        #expect(anchor["lostAt"]?.string?.isEmpty == false && anchor["method"] == nil)
    }

    @Test func `the same source again changes nothing, also where the text was corrected since`() throws {
        _ = try bring(library())
        let flood = try #require(try records("article").first { $0.string("title") == "Flood" })
        _ = try store.edit(
            [
                Edit(
                    id: flood.id, kind: "article",
                    changes: [
                        .init(field: "body", json: canonicalString("Well. The river rose in the night."))
                    ])
            ],
            author: "ana")
        let position = try store.position
        let report = try bring(library())
        #expect(report.unchanged == 6 && report.created == 0 && report.updated == 0)
        #expect(try store.position == position)
    }

    @Test func `an annotation that changed in its source is updated in its record`() throws {
        _ = try bring(library())
        let report = try bring(library(remark: "In March?"))
        #expect(report.updated == 1 && report.unchanged == 5)
        #expect(try records("annotation").count == 2)
        #expect(try records("annotation").contains { $0.string("text") == "In March?" })
    }

    @Test func `notes and annotations whose article is not in the source are reported`() throws {
        let report = try bring([
            .test("note", "N", ["text": "Alone."], parent: "gone"),
            .test("annotation", "M", ["text": "Alone too."], parent: "gone"),
            .test("annotation", "O", ["text": "Nowhere at all."]),
        ])
        #expect(report.created == 1 && report.remarkCount == 1 && report.rejectedCount == 2)
        #expect(try records("note").first?.string("target") == nil)
        #expect(try records("annotation").isEmpty)
    }

    @Test func `notes, annotations and files of a deleted article are not imported without it`() throws {
        _ = try bring([library()[0]])
        let flood = try #require(try records("article").first)
        _ = try store.edit(
            [
                Edit(
                    id: flood.id, kind: "article",
                    changes: [.init(field: "deleted", json: Array("true".utf8))])
            ],
            author: "ana")
        let report = try bring(library())
        #expect(report.stayedDeleted == 4)
        #expect(try records("annotation").isEmpty && records("attachment").isEmpty)
    }

    @Test func `notes that come thousands of items after their articles are joined to them`() throws {
        var items = (0..<3_000).map { number in
            SourceItem.test(
                "article", "A\(number)", ["title": .string("Article \(number)")], key: "\(number)")
        }
        items += (0..<3_000).map { number in
            SourceItem.test("note", "N\(number)", ["text": .string("Note \(number)")], parent: "\(number)")
        }
        let report = try bring(items)
        #expect(report.created == 6_000 && report.remarkCount == 0)
        let articles = Dictionary(
            uniqueKeysWithValues: try records("article").map { ($0.id.text, $0.string("title") ?? "") })
        for note in try records("note") {
            let number = note.string("text")?.dropFirst(5) ?? ""
            #expect(articles[note.string("target") ?? ""] == "Article \(number)")
        }
    }

    @Test func `a nested collection is named by both names, and a second import finds it`() throws {
        let items = [
            SourceItem.test(
                "article", "A", ["title": "Flood"], collections: [["Floods", "2020"], ["Press"]]),
            .test("article", "B", ["title": "Other"], collections: [["Floods ", " 2020"]]),
        ]
        _ = try bring(items)
        #expect(
            Set(try records("collection").compactMap { $0.string("name") }) == ["Floods / 2020", "Press"])
        let id = try #require(try store.collections.id(named: "Floods / 2020"))
        #expect(try records("article").allSatisfy { $0.elements(of: "collections").contains(id.text) })
        let position = try store.position
        #expect(try bring(items).unchanged == 2)
        #expect(try store.position == position)
    }

    @Test func `an article that was taken out of a collection is not put back`() throws {
        let item = SourceItem.test("article", "A", ["title": "Flood"], collections: [["Press"]])
        _ = try bring([item])
        let record = try #require(try records("article").first)
        let press = try #require(try store.collections.id(named: "Press"))
        _ = try store.edit(
            [
                Edit(
                    id: record.id, kind: "article",
                    changes: [.init(field: "collections/\(press.text)", json: Array("null".utf8))])
            ], author: "ana")
        #expect(try bring([item]).unchanged == 1)
        #expect(try records("article").first?.elements(of: "collections") == [])
    }
}
