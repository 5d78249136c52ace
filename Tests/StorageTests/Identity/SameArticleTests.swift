import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

/// What counts as the same article, case by case.
@Suite struct SameArticleTests {
    private static let long = String(repeating: "Please subscribe to read on. ", count: 10)

    private func item(_ fields: [(String, String)], source: ItemSource? = nil, modified: String? = nil)
        -> ImportItem
    {
        ImportItem(
            kind: "article", fields: fields.map { (name: $0.0, json: canonicalString($0.1)) }, source: source,
            modified: modified)
    }

    private func derived(_ title: String, _ fields: [(String, String)]) -> ImportItem {
        var item = item(fields + [("title", title)])
        item.fields.append(("derived/title", Array("true".utf8)))
        return item
    }

    private func isCreated(_ effect: ImportEffect) -> Bool {
        if case .created = effect { true } else { false }
    }

    private func title(_ id: RecordID, in store: Store) throws -> String? {
        try store.view(id, kind: "article")?.string("title")
    }

    @Test(arguments: [0, 1, 2])
    func `a weaker key never joins what a stronger key keeps apart`(rank: Int) throws {
        let store = try Replicas(1)[0]
        let items = (1...3).map { number in
            var fields = [("title", "Story"), ("body", Self.long)]
            if rank < 2 {
                fields.append(("url", rank == 1 ? "https://e.org/\(number)" : "https://e.org/same"))
            }
            if rank == 0 { fields.append(("doi", "10.1/\(number)")) }
            return item(fields, source: rank == 2 ? ItemSource(scope: "feed", id: "\(number)") : nil)
        }
        #expect(try store.importBatch(items, author: "ana").allSatisfy(isCreated))
        let position = try store.position
        _ = try store.importBatch(items.reversed(), author: "ana")
        #expect(try store.position == position)
    }

    @Test func `a short text is not a key, nor is a long one with two titles or two dates`() throws {
        let store = try Replicas(1)[0]
        let items = [
            item([("title", "North"), ("body", "Subscribe.")]),
            item([("title", "South"), ("body", "Subscribe.")]),
            item([("title", "North"), ("body", Self.long)]), item([("title", "South"), ("body", Self.long)]),
            item([("title", "North"), ("body", Self.long), ("date", "2026-03-04")]),
        ]
        let effects = try store.importBatch(items, author: "ana")
        #expect(effects.prefix(4).allSatisfy(isCreated))
        // The first long one has no date, so its text is enough; then it has that date, and another day is another article.
        #expect(effects[4].id == effects[2].id)
        let later = item([("title", "North"), ("body", Self.long), ("date", "2026-03-05")])
        #expect(try isCreated(store.importBatch([later], author: "ana")[0]))
        let month = item([("title", "North"), ("body", Self.long), ("date", "2026-03")])
        #expect(try !isCreated(store.importBatch([month], author: "ana")[0]))
    }

    @Test func `an item without any key is recognised by its whole content`() throws {
        let store = try Replicas(1)[0]
        let stub = item([("title", "Only a title"), ("x-shelf", "3")])
        guard case .created(let id) = try store.importBatch([stub], author: "ana")[0] else { return }
        #expect(try store.importBatch([stub], author: "ana") == [.unchanged(id)])
        #expect(try isCreated(store.importBatch([item([("title", "Only a title")])], author: "ana")[0]))
    }

    @Test func `an edited source finds its record by its own id, whatever else has changed`() throws {
        let store = try Replicas(1)[0]
        let source = ItemSource(scope: "plain:Press", id: "n-1")
        let first = item([("title", "Note"), ("body", "v1")], source: source)
        guard case .created(let id) = try store.importBatch([first], author: "ana")[0] else { return }
        let second = item([("title", "Diary"), ("body", "v2")], source: source)
        #expect(try store.importBatch([second], author: "ana") == [.updated(id)])
        #expect(try title(id, in: store) == "Diary")
        let other = item(
            [("title", "Diary"), ("body", "v2")], source: ItemSource(scope: "plain:Press", id: "n-2"))
        #expect(try isCreated(store.importBatch([other], author: "ana")[0]))
        #expect(try store.view(id, kind: "article")?.sources == ["plain:Press n-1"])
    }

    @Test func `files that number their items from one stay separate, and each is recognised again`() throws {
        let store = try Replicas(1)[0]
        func file(_ titles: String...) -> [ImportItem] {
            titles.enumerated().map { number, title in
                item(
                    [("title", title), ("body", "All about \(title).")],
                    source: ItemSource(scope: "plain", id: "\(number + 1)"))
            }
        }
        let (rivers, bakeries) = (file("The Mantaro", "The Rímac"), file("Bread", "Buns", "Rolls"))
        #expect(try store.importBatch(rivers, author: "ana").allSatisfy(isCreated))
        #expect(try store.importBatch(bakeries, author: "ana").allSatisfy(isCreated))
        let position = try store.position
        for items in [rivers, bakeries, Array(rivers.reversed())] {
            _ = try store.importBatch(items, author: "ana")
        }
        #expect(try store.position == position)
        // An edited item is found by its id, as long as its title or its text is what it was.
        for (title, body) in [("Bread", "All about rye."), ("Loaves", "All about rye.")] {
            let edited = item(
                [("title", title), ("body", body)], source: ItemSource(scope: "plain", id: "1"))
            let effect = try store.importBatch([edited], author: "ana")[0]
            guard case .updated(let id) = effect else {
                Issue.record("\(effect)")
                continue
            }
            #expect(try self.title(id, in: store) == title)
        }
        #expect(try store.recordCounts().map(\.count) == [5])
    }

    @Test func `an older file changes nothing unless that is requested`() throws {
        let store = try Replicas(1)[0]
        let source = ItemSource(scope: "feed", id: "1")
        let old = item([("title", "Old")], source: source, modified: "2026-01-01")
        let new = item([("title", "New")], source: source, modified: "2026-01-02")
        guard case .created(let id) = try store.importBatch([old], author: "ana")[0] else { return }
        _ = try store.importBatch([new], author: "ana")
        let position = try store.position
        #expect(try store.importBatch([old], author: "ana") == [.outdated(id)])
        #expect(try store.position == position)
        var run = ImportRun(takesOldStates: true)
        #expect(try store.importBatch([old], author: "ana", run: &run).map(\.effect) == [.updated(id)])
        #expect(try title(id, in: store) == "Old")
        #expect(try store.importBatch([old], author: "ana") == [.unchanged(id)])
        // The same values, changed back by the source itself, are a new state.
        let back = item([("title", "New")], source: source, modified: "2026-01-03")
        #expect(try store.importBatch([back], author: "ana") == [.updated(id)])
    }

    @Test func `two feeds that differ about one article do not rewrite it in turn`() throws {
        let store = try Replicas(1)[0]
        let url = ("url", "https://e.org/a")
        let feeds = ["A", "B"].map {
            item([("title", $0), url], source: ItemSource(scope: "feed:\($0)", id: "1"))
        }
        for feed in feeds { _ = try store.importBatch([feed], author: "ana") }
        let position = try store.position
        for feed in feeds + feeds { _ = try store.importBatch([feed], author: "ana") }
        #expect(try store.position == position)
        #expect(try store.openConflicts == 0)
    }

    @Test func `a derived title never replaces a given one and is replaced by it`() throws {
        let store = try Replicas(1)[0]
        guard
            case .created(let id) = try store.importBatch(
                [derived("Please", [("body", Self.long)])], author: "ana")[0]
        else { return }
        #expect(
            try store.importBatch([item([("title", "Given"), ("body", Self.long)])], author: "ana") == [
                .updated(id)
            ])
        #expect(try title(id, in: store) == "Given")
        #expect(try store.view(id, kind: "article")?["derived/title"] == Array("false".utf8))
        let position = try store.position
        #expect(
            try store.importBatch([derived("Please", [("body", Self.long)])], author: "ana") == [
                .unchanged(id)
            ])
        #expect(
            try store.importBatch([derived("Other", [("body", Self.long)])], author: "ana") == [
                .unchanged(id)
            ])
        #expect(try store.position == position)
    }

    @Test func `the first of several rows with one address counts, and the others add missing fields`() throws
    {
        let store = try Replicas(1)[0]
        let url = ("url", "https://e.org/long")
        let rows = [
            item([("title", "Long read"), url, ("body", "Highlight 1.")]),
            item([("title", "Long read"), url, ("body", "Highlight 2."), ("author", "Ana")]),
            item([("title", "Long read"), url, ("body", "Highlight 3.")]),
        ]
        var run = ImportRun()
        let outcomes = try store.importBatch(rows, author: "ana", run: &run)
        let id = outcomes[0].effect.id
        #expect(outcomes.map(\.leftFields) == [[], ["body"], ["body"]])
        #expect(outcomes[1].effect == .updated(id))
        #expect(try store.view(id, kind: "article")?.string("author") == "Ana")
        let position = try store.position
        for order in [rows, rows.reversed(), [rows[2]]] { _ = try store.importBatch(order, author: "ana") }
        #expect(try store.position == position)
        #expect(try store.repair().found == [])
        _ = try store.importBatch([rows[2]], author: "ana")
        #expect(try store.position == position)
    }

    @Test func `a corrected address is kept, and the old address still finds the record`() throws {
        let store = try Replicas(1)[0]
        let wrong = item([("title", "Water"), ("url", "https://e.org/wrong")])
        guard case .created(let id) = try store.importBatch([wrong], author: "ana")[0] else { return }
        _ = try store.edit(
            [
                Edit(
                    id: id, kind: "article",
                    changes: [.init(field: "url", json: canonicalString("https://e.org/right"))])
            ],
            author: "ana")
        #expect(try store.importBatch([wrong], author: "ana") == [.unchanged(id)])
        _ = try store.compact()
        _ = try store.repair()
        #expect(try store.importBatch([wrong], author: "ana") == [.unchanged(id)])
        // Under another title it is another article, which the address was corrected for.
        let other = item([("title", "Fire"), ("url", "https://e.org/wrong")])
        #expect(try isCreated(store.importBatch([other], author: "ana")[0]))
    }

    @Test func `source values are recorded without a conflict, and deletes need not have seen them`()
        throws
    {
        let group = try Replicas(2)
        let url = ("url", "https://e.org/a")
        guard case .created(let id) = try group[0].importBatch([item([url])], author: "ana")[0] else {
            return
        }
        try group.sync(0, 1)
        for (index, store) in group.stores.enumerated() {
            let source = ItemSource(scope: "feed", id: "\(index)")
            _ = try store.importBatch([item([url], source: source)], author: "m\(index)")
        }
        _ = try group[0].delete(id, kind: "article", author: "ana")
        try group.syncAll()
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            #expect(try store.view(id, kind: "article")?.isDeleted == true)
            #expect(try store.verify().damaged == [])
        }
    }

    @Test func `a collection has one identity whether it is made by hand or by an import`() throws {
        let group = try Replicas(2)
        let id = try group[0].collections.newID(named: "Press")
        try group.add([("name", "\"Press\"")], kind: "collection", id: id.rawValue, at: 0)
        #expect(try group[1].collections.importOne(named: "Press ", author: "ben") == id)
        try group.syncAll()
        #expect(try group[0].openConflicts == 0)
        #expect(try group[0].collections.ids(named: "Press") == [id])
        // Under its new name it is the same, and the old name makes another.
        try group.add([("name", "\"Prensa\"")], kind: "collection", id: id.rawValue, at: 0)
        #expect(try group[0].collections.importOne(named: "Prensa", author: "ana") == id)
        #expect(try group[0].collections.importOne(named: "Press", author: "ana") != id)
    }

    @Test func `an article that was removed from a collection is not added again by the same import`() throws
    {
        let store = try Replicas(1)[0]
        let collections = try store.collections.importAll(named: "Press", author: "ana")
        var run = ImportRun(collections: collections)
        let article = item([("url", "https://e.org/a")])
        let id = try store.importBatch([article], author: "ana", run: &run)[0].effect.id
        let field = "collections/" + collections[0].text
        _ = try store.edit(
            [Edit(id: id, kind: "article", changes: [.init(field: field, json: Array("false".utf8))])],
            author: "ana")
        var again = ImportRun(collections: collections)
        #expect(
            try store.importBatch([article], author: "ana", run: &again).map(\.effect) == [.unchanged(id)])
        #expect(try store.view(id, kind: "article")?.elements(of: "collections") == [])
    }

    @Test func `two people who type one title, composed and decomposed, are not in conflict`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"T\"")], id: 1, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"Caf\u{e9}\"")], id: 1, at: 0)
        try group.add([("title", "\"Cafe\u{301}\""), ("x-list", "[\"e\u{301}\\n\u{301}\"]")], id: 1, at: 1)
        try group.syncAll()
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            let title = try store.view(RecordID(rawValue: 1), kind: "article")?["title"]
            #expect(title == Array("\"Caf\u{e9}\"".utf8))
        }
    }
}
