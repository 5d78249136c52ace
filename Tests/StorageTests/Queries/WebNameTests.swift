import QuipuCanonicalJSON
import QuipuCausality
import Support
import Testing

@testable import QuipuStorage

/// Finds records by their web addresses and DOIs as a reader that may not update the cards.
@Suite struct WebNameTests {
    private let group: Replicas
    private var store: Store { group[0] }

    init() throws { group = try Replicas(1) }

    /// - Returns: their ids, in order; nothing is looked up by an index.
    private func importArticles(_ count: Int) throws -> [RecordID] {
        _ = try store.importBatch(
            (0..<count).map { number in
                ImportItem(
                    kind: "article",
                    fields: [
                        ("title", canonicalString("Article \(number)")),
                        ("url", canonicalString("https://example.org/\(number)")),
                        ("doi", canonicalString("10.1234/\(number)")),
                    ])
            }, author: "ana")
        var found: [String: RecordID] = [:]
        try store.forEachRecord(RecordFilter()) {
            found[$0.string("title") ?? ""] = $0.id
            return true
        }
        return try (0..<count).map { try #require(found["Article \($0)"]) }
    }

    private func reader() throws -> Store {
        try Store(opening: store.folder, mode: .readOnly, environment: group.world.environment())
    }

    private func set(_ field: String, _ json: [UInt8], of id: RecordID) throws {
        let edit = Edit(id: id, kind: "article", changes: [.init(field: field, json: json)])
        _ = try store.edit([edit], author: "ana")
    }

    /// With the state of the index of cards before the edits.
    private static let indexes = ["made", "none"]

    private func prepare(_ count: Int, _ index: String) throws -> [RecordID] {
        let ids = try importArticles(count)
        if index == "made" { #expect(try store.queries.ids(Query("lang:xx")).ids.isEmpty) }
        return ids
    }

    @Test(arguments: indexes)
    func `a reader finds a record by its address at a cost that does not grow with the archive`(
        _ index: String
    ) throws {
        for name in ["https://example.org/7", "10.1234/7"] {
            let counts = try [20, 200].map { size in
                let scene = try WebNameTests()
                let ids = try scene.prepare(size, index)
                try scene.set("tags/river", JSONLiteral.true, of: ids[3])
                let meter = StatementMeter(over: scene.group.folder)
                let reader = try scene.reader()
                var title: String?
                let tally = try meter.count { title = try reader.find(name).string("title") }
                #expect(title == "Article 7")
                return tally.statements
            }
            #expect(counts[1] <= counts[0] + 4, "\(counts)")
        }
    }

    @Test(arguments: indexes)
    func `a reader finds the record that has the address now, not one that had it before`(_ index: String)
        throws
    {
        let ids = try prepare(5, index)
        try set("url", canonicalString("https://example.org/new"), of: ids[1])
        try set("url", canonicalString("https://example.org/1"), of: ids[2])
        try set("url", JSONLiteral.null, of: ids[3])
        _ = try store.delete(ids[4], kind: "article", author: "ana")
        try group.add([("url", "\"https://example.org/a-later-one\"")], id: 77, at: 0)
        let (reader, writer) = (try reader(), store)
        for store in [reader, writer] {
            #expect(try store.find("https://example.org/0").id == ids[0])
            #expect(try store.find("https://example.org/1").id == ids[2])
            #expect(try store.find("https://example.org/new").id == ids[1])
            #expect(try store.find("https://example.org/a-later-one").id == RecordID(rawValue: 77))
            for gone in ["https://example.org/2", "https://example.org/3", "https://example.org/4"] {
                let error = #expect(throws: StorageError.self) { try store.find(gone) }
                #expect(error?.code == .unknownRecord)
            }
        }
    }
}
