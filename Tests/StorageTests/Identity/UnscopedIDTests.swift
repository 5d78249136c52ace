import QuipuCanonicalJSON
import QuipuStorage
import Support
import Testing

/// Ids of which nobody says among whose they are.
@Suite struct UnscopedIDTests {
    private func item(_ fields: [(String, String)], source: ItemSource) -> ImportItem {
        ImportItem(
            kind: "article", fields: fields.map { (name: $0.0, json: canonicalString($0.1)) }, source: source)
    }

    @Test(arguments: ["plain", "citation"])
    func `an unscoped id does not join two articles that have it by chance`(
        scope: String
    ) throws {
        let store = try Replicas(1)[0]
        func read(_ title: String, author: String, date: String) throws -> ImportEffect {
            try store.importBatch(
                [
                    item(
                        [("title", title), ("author", author), ("date", date)],
                        source: ItemSource(scope: scope, id: "smith2020"))
                ], author: "ana")[0]
        }
        guard case .created(let rivers) = try read("Rivers of Peru", author: "John Smith", date: "2020"),
            case .created(let proteins) = try read("Protien folding", author: "Quinn Smith", date: "2020"),
            case .created = try read("河川と水", author: "Smith", date: "2020"),
            case .created = try read("Rivers of Chile", author: "Kim Smith", date: "2020")
        else {
            Issue.record("two works were joined")
            return
        }
        #expect(try read("Rivers of Peru", author: "John Smith", date: "2020") == .unchanged(rivers))
        // A title that was corrected, by the same author.
        #expect(try read("Protein folding", author: "Quinn Smith", date: "2020") == .updated(proteins))
        #expect(try read("The rivers of Peru", author: "John Smith", date: "2020-03") == .updated(rivers))
        #expect(try store.recordCounts().map(\.count) == [4])
    }

    @Test func `two citation keys of one work do not keep it apart`() throws {
        let store = try Replicas(1)[0]
        func work(_ key: String) -> ImportItem {
            item(
                [("title", "Rivers"), ("url", "https://example.org/rivers")],
                source: ItemSource(scope: "citation", id: key))
        }
        guard case .created(let id) = try store.importBatch([work("ruiz2020")], author: "ana")[0] else {
            return
        }
        #expect(try store.importBatch([work("Ruiz:2020:rivers")], author: "ana")[0].id == id)
        #expect(try store.importBatch([work("ruiz2020")], author: "ana") == [.unchanged(id)])
        #expect(try store.recordCounts().map(\.count) == [1])
    }
}
