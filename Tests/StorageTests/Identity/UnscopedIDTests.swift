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

    private func citation(_ id: String, _ fields: [(String, String)]) -> ImportItem {
        item(fields, source: ItemSource(scope: "citation", id: id))
    }

    @Test(arguments: ["smith2001", "55"])
    func `a reference that gets a DOI or an abstract in its file stays one record`(key: String) throws {
        let store = try Replicas(1)[0]
        let told = [("title", "On rivers and mud"), ("author", "Ann Smith"), ("date", "2001")]
        guard case .created(let id) = try store.importBatch([citation(key, told)], author: "ana")[0] else {
            return
        }
        for more in [("doi", "10.1000/rv"), ("abstract", "An abstract")] {
            let items = [citation(key, told + [more])]
            #expect(try store.importBatch(items, author: "ana") == [.updated(id)])
            #expect(try store.importBatch(items, author: "ana") == [.unchanged(id)])
        }
        #expect(try store.recordCounts().map(\.count) == [1])
    }

    @Test func `DOIs that differ keep apart what has one citation key, and a number joins nothing by itself`()
        throws
    {
        let store = try Replicas(1)[0]
        let items = [
            citation("smith2001", [("title", "Introduction"), ("doi", "10.1/a")]),
            citation("smith2001", [("title", "Introduction"), ("doi", "10.1/b")]),
            citation("1", [("title", "Editorial"), ("author", "Ann Smith"), ("date", "2001")]),
            citation("1", [("title", "Editorial"), ("author", "Bob Ruiz"), ("date", "2001")]),
            citation("1", [("title", "Editorial"), ("author", "Ann Smith"), ("date", "2002")]),
        ]
        #expect(Set(try store.importBatch(items, author: "ana").map(\.id)).count == 5)
        let position = try store.position
        _ = try store.importBatch(items, author: "ana")
        #expect(try store.position == position)
    }

    @Test func `mirrors that read two works under one number or one DOI-bearing key give them two ids`()
        throws
    {
        for key in ["1", "smith2001"] {
            let ids = try (1...2).map { number in
                let fields = [("title", "Work \(number)")] + (key == "1" ? [] : [("doi", "10.1/\(number)")])
                return try Replicas(1)[0].importBatch([citation(key, fields)], author: "ana")[0].id
            }
            #expect(ids[0] != ids[1])
        }
    }

    @Test func `references that were read without their keys are known when they are read with them`() throws
    {
        let store = try Replicas(1)[0]
        let told = [("title", "On rivers and mud"), ("x-ID", "55")]
        let plain = ImportItem(
            kind: "article", fields: told.map { (name: $0.0, json: canonicalString($0.1)) })
        let id = try store.importBatch([plain], author: "ana")[0].id
        #expect(try store.importBatch([citation("55", told)], author: "ana") == [.unchanged(id)])
        #expect(try store.importBatch([citation("55", told)], author: "ana") == [.unchanged(id)])
    }

    @Test func `two items of one id in a file are no news when the file is read again`() throws {
        let store = try Replicas(1)[0]
        let source = ItemSource(scope: "feed:x", id: "1")
        let items = [
            item([("title", "First"), ("body", "one")], source: source),
            item([("title", "Second"), ("body", "two"), ("language", "en")], source: source),
        ]
        var run = ImportRun()
        let first = try store.importBatch(items, author: "ana", run: &run)
        #expect(first.map(\.leftFields) == [[], ["title", "body"]])
        let position = try store.position
        var again = ImportRun()
        let second = try store.importBatch(items, author: "ana", run: &again)
        #expect(second.map(\.effect) == first.map { .unchanged($0.effect.id) })
        #expect(second.filter { !$0.leftFields.isEmpty }.isEmpty)
        #expect(try store.position == position)
        // Alone the second is what its source says now.
        #expect(try store.importBatch([items[1]], author: "ana") == [.updated(first[0].effect.id)])
    }
}
