import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct ImportTests {
    private func article(_ title: String, body: String, url: String? = nil) -> ImportItem {
        var fields = [("title", canonicalString(title)), ("body", canonicalString(body))]
        if let url { fields.append(("url", canonicalString(url))) }
        return ImportItem(kind: "article", fields: fields.map { (name: $0.0, json: $0.1) })
    }

    @Test func `writes in a transaction that is rolled back are visible inside it and leave nothing`()
        throws
    {
        let group = try Replicas(1)
        let store = group[0]
        try group.add([("title", "\"Water\"")], id: 1, at: 0)
        let (digest, position, origin) = (try store.digest, try store.position, try store.origin)
        let item = ImportItem(kind: "article", fields: [("title", canonicalString("Fire"))])
        let observed = try store.rollingBack { scratch in
            guard case .created = try scratch.importBatch([item], author: "ana")[0] else { return 0 }
            guard case .unchanged = try scratch.importBatch([item], author: "ana")[0] else { return 0 }
            return try scratch.recordCounts().first?.count ?? 0
        }
        #expect(observed == 2)
        #expect(try store.digest == digest && store.position == position && store.origin == origin)
        #expect(try store.recordCounts().first?.count == 1)
        // The chain goes on as if nothing had been.
        try group.add([("title", "\"Rain\"")], id: 2, at: 0)
        #expect(try store.origin == origin)
        #expect(try store.verify().damaged == [])
    }

    @Test func `importing a source again changes nothing and leaves the log unchanged`() throws {
        let group = try Replicas(1)
        let items = [article("Water", body: "The river rose."), article("Market", body: "The roof is back.")]
        let first = try group[0].importBatch(items, author: "ana")
        #expect(first.count { if case .created = $0 { true } else { false } } == 2)
        let position = try group[0].position
        let second = try group[0].importBatch(items, author: "ana")
        #expect(second.count { if case .unchanged = $0 { true } else { false } } == 2)
        #expect(try group[0].position == position)
    }

    @Test
    func `an article that occurs twice in a source becomes one, silently if only white space differs`()
        throws
    {
        let group = try Replicas(1)
        let body = String(repeating: "The river rose again. ", count: 12)
        var run = ImportRun()
        let outcomes = try group[0].importBatch(
            [
                article("Water", body: body),
                article("Water", body: body.replacing(" ", with: "  ") + "\n"),
            ], author: "ana", run: &run)
        guard case .created(let id) = outcomes[0].effect else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(outcomes[1].effect == .unchanged(id) && outcomes[1].leftFields == [])
        #expect(try group[0].recordCounts().map(\.count) == [1])
    }

    @Test func `the same file imported on two machines makes no conflict`() throws {
        let group = try Replicas(2)
        for store in group.stores {
            _ = try store.importBatch([article("Water", body: "The river rose.")], author: "somebody")
            group.world.advance(milliseconds: 5)
        }
        try group.sync(0, 1)
        #expect(try group[0].digest == group[1].digest)
        #expect(try group[0].openConflicts == 0)
        #expect(try group[1].recordCounts().map(\.count) == [1])
        for store in group.stores { #expect(try store.verify().damaged == []) }
    }

    @Test func `a correction survives another import, and a changed source appears beside it`()
        throws
    {
        let group = try Replicas(1)
        let url = "https://example.org/water"
        guard
            case .created(let id) = try group[0].importBatch(
                [article("Watr", body: "Rose.", url: url)], author: "ana")[0]
        else { return }
        _ = try group[0].edit(
            [Edit(id: id, kind: "article", changes: [.init(field: "title", json: canonicalString("Water"))])],
            author: "ana")
        #expect(
            try group[0].importBatch([article("Watr", body: "Rose.", url: url)], author: "ana") == [
                .unchanged(id)
            ])
        #expect(try group[0].view(id, kind: "article")?.string("title") == "Water")
        #expect(
            try group[0].importBatch([article("Flood", body: "Rose.", url: url)], author: "ana") == [
                .updated(id)
            ])
        #expect(try group[0].view(id, kind: "article")?.string("title") == "Water")
        let conflict = try #require(try group[0].conflicts().first)
        #expect(conflict.field == "title")
        #expect(conflict.others.map { $0.json.flatMap { decodeString($0) } } == ["Flood"])
        #expect(conflict.others.first?.isByProgram == true)
    }

    @Test func `an import never restores a deleted record`() throws {
        let group = try Replicas(1)
        let item = article("Water", body: "The river rose.")
        guard case .created(let id) = try group[0].importBatch([item], author: "ana")[0] else { return }
        _ = try group[0].delete(id, kind: "article", author: "ana")
        #expect(try group[0].importBatch([item], author: "ana") == [.stayedDeleted(id)])
        #expect(try group[0].view(id, kind: "article")?.isDeleted == true)
    }

    @Test
    func
        `an article is known again by its address when its text has changed, and by its text without an address`()
        throws
    {
        let group = try Replicas(1)
        let (one, two) = (String(repeating: "One. ", count: 50), String(repeating: "Two. ", count: 50))
        guard
            case .created(let id) = try group[0].importBatch(
                [article("Water", body: one, url: "http://www.example.org/a?utm_source=x")], author: "ana")[0]
        else { return }
        #expect(
            try group[0].importBatch(
                [article("Water", body: two, url: "https://example.org/a")], author: "ana")
                == [.updated(id)])
        #expect(try group[0].importBatch([article("Water", body: two)], author: "ana") == [.unchanged(id)])
    }

    @Test func `a collection is found by its current name and created once`() throws {
        let group = try Replicas(1)
        let id = try group[0].collections.importOne(named: "Press", author: "ana")
        #expect(try group[0].collections.importOne(named: "Press", author: "ben") == id)
        _ = try group[0].edit(
            [
                Edit(
                    id: id, kind: "collection",
                    changes: [.init(field: "name", json: canonicalString("Prensa"))])
            ],
            author: "ana")
        #expect(try group[0].collections.importOne(named: "Prensa", author: "ana") == id)
        #expect(try group[0].collections.importOne(named: "Press", author: "ana") != id)
    }
}
