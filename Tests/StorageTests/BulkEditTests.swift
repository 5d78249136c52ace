import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// Edits of more than one transaction holds, and what edits of many records cost.
@Suite struct BulkEditTests {
    private let group: Replicas
    private var store: Store { group[0] }

    init() throws { group = try Replicas(2) }

    /// Imports articles.
    private func articles(_ count: Int) throws -> [RecordID] {
        let items = (0..<count).map { number in
            ImportItem(
                kind: "article",
                fields: [
                    ("title", canonicalString("Article \(number)")),
                    ("url", canonicalString("https://example.org/\(number)")),
                ])
        }
        _ = try store.importBatch(items, author: "ana")
        var found: [RecordID] = []
        try store.forEachRecord(RecordFilter()) {
            found.append($0.id)
            return true
        }
        return found
    }

    /// With so many tags on each record.
    private func tagging(_ ids: [RecordID], count: Int, as isTagged: Bool = true) -> [RecordEdit] {
        ids.map { id in
            .fields(
                Edit(
                    id: id, kind: "article",
                    changes: (0..<count).map {
                        .init(field: "tags/t\($0)", json: isTagged ? JSONLiteral.true : JSONLiteral.false)
                    }))
        }
    }

    private func tagCounts(_ store: Store) throws -> Set<Int> {
        var counts: Set<Int> = []
        try store.forEachRecord(RecordFilter()) {
            if $0.kind == "article" { counts.insert($0.elements(of: "tags").count) }
            return true
        }
        return counts
    }

    @Test func `an edit too large for one transaction becomes several of one log entry, undone together`()
        throws
    {
        let ids = try articles(90)
        let start = try store.position
        let outcome = try store.asOneEntry("tag") {
            try store.edit(author: "ana") { tagging(ids, count: 200) }
        }
        #expect(try store.position == start + 2 && outcome.parts.count == 2)
        #expect(outcome.version == outcome.parts.last?.version)
        #expect(Set(outcome.parts.flatMap(\.records).map(\.id)) == Set(ids))
        let entry = try #require(try store.log.lastOwnEntry())
        #expect(entry.positions == [start + 1, start + 2] && entry.words == "tag")
        #expect(try tagCounts(store) == [200])

        try group.sync(0, 1)
        #expect(try group[1].digest == store.digest)
        #expect(try group[1].log.logEntry(of: entry.name).positions.count == 2)

        let report = try store.undo(entry, words: "undo", author: "ana")
        #expect(report.left.isEmpty)
        #expect(try tagCounts(store) == [0])
        try group.sync(0, 1)
        #expect(try group[1].digest == store.digest)
        #expect(try store.verify().damaged == [])
    }

    @Test func `an edit in several transactions is one log entry even if it was given no words`() throws {
        let ids = try articles(90)
        let start = try store.position
        _ = try store.edit(author: "ana") { tagging(ids, count: 200) }
        #expect(try store.log.lastOwnEntry()?.positions == [start + 1, start + 2])
    }

    @Test func `an edit in several transactions that fails writes none of them`() throws {
        let ids = try articles(90)
        let (position, digest) = (try store.position, try store.digest)
        let error = #expect(throws: StorageError.self) {
            try store.edit(author: "ana") {
                // The last one is refused only when it is written.
                tagging(ids, count: 200)
                    + [
                        .fields(
                            Edit(
                                id: RecordID(rawValue: 5), kind: "article",
                                changes: [.init(field: "", json: JSONLiteral.true)]))
                    ]
            }
        }
        #expect(error?.code == .tooLarge)
        #expect(try store.position == position && store.digest == digest)
        #expect(try tagCounts(store) == [0])
    }

    @Test func `an edit too large for one record is refused before anything is written`() throws {
        let ids = try articles(2)
        let position = try store.position
        let statements = store.database.statementCount
        let error = #expect(throws: StorageError.self) {
            try store.edit(author: "ana") { tagging([ids[1]], count: Limits.changesPerTransaction + 1) }
        }
        #expect(error?.code == .tooLarge && error?.message.contains(ids[1].shortHandle) == true)
        #expect(try store.position == position)
        // The fields are looked at; no head of them is read for a write.
        #expect(store.database.statementCount - statements <= 4 * Limits.changesPerTransaction)
    }

    @Test func `a delete conflicts with no other edit of the same command`() throws {
        let ids = try articles(90)
        let article = RecordID(rawValue: 1 << 70)
        try group.add([("title", "\"Water\"")], id: article.rawValue, at: 0)
        try group.add([("target", "\"\(article.text)\""), ("text", "\"A\"")], kind: "note", id: 3, at: 0)
        let note = Edit(
            id: RecordID(rawValue: 3), kind: "note",
            changes: [.init(field: "text", json: canonicalString("B"))])
        let outcome = try store.edit(author: "ana") {
            [.delete(article, kind: "article")] + tagging(ids, count: 200) + [.fields(note)]
        }
        #expect(outcome.parts.count == 2)
        try group.sync(0, 1)
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            #expect(try store.view(article, kind: "article")?.isDeleted == true)
            #expect(try store.verify().damaged == [])
        }
        #expect(try group[1].digest == store.digest)
    }

    @Test func `a purge of more than one transaction holds is refused as that, and nothing is written`()
        throws
    {
        let ids = try articles(90)
        _ = try store.edit(author: "ana") { tagging(ids, count: 200) }
        try delete(ids, at: store)
        let position = try store.position
        let error = #expect(throws: StorageError.self) {
            try store.purge(ids.map { ($0, "article") }, author: "ana")
        }
        #expect(
            error?.code == .tooLarge && error?.message == "these are too many records to purge them at once")
        #expect(try store.position == position)
        // It says how many a purge holds.
        let count = try #require(error?.hint?.split(separator: " ").lazy.compactMap { Int($0) }.first)
        let most = ids.prefix(count).map { (id: $0, kind: "article") }
        let outcome = try store.purge(most, author: "ana")
        #expect(count > 40 && outcome.recordCount == count && outcome.records.map(\.id) == most.map(\.id))
        // What was purged is no change, however much it was.
        #expect(try store.purge(most, author: "ana").version == nil)
        #expect(try store.verify().damaged == [])
    }

    // MARK: costs

    @Test func `which record a member of a group names is told at the same cost, however large the group is`()
        throws
    {
        let costs = try [20, 200].map { size in
            let scene = try BulkEditTests()
            let (ids, store) = (try scene.articles(size), scene.store)
            _ = try store.edit(author: "ana") {
                [.merge(Array(ids.dropFirst()), into: ids[0], kind: "article")]
            }
            return try store.archive.reading {
                _ = try store.identity(named: ids[1].text)
                let before = store.database.statementCount
                for id in ids.suffix(10) { #expect(try store.identity(named: id.text)?.id == ids[0]) }
                return store.database.statementCount - before
            }
        }
        #expect(costs[1] <= costs[0] + 10, "\(costs)")
    }

    /// Bodies of the log that are decoded, by size.
    private func decodedBodies(
        _ sizes: [Int], _ prepare: (Replicas, [RecordID]) throws -> Void = { _, _ in },
        _ work: (Replicas, [RecordID]) throws -> Void
    ) throws -> [Int] {
        try sizes.map { size in
            let scene = try BulkEditTests()
            let ids = try scene.articles(size)
            try prepare(scene.group, ids)
            let before = scene.group.stores.reduce(0) { $0 + $1.archive.keptBodies.decodedCount }
            try work(scene.group, ids)
            return scene.group.stores.reduce(0) { $0 + $1.archive.keptBodies.decodedCount } - before
        }
    }

    private func delete(_ ids: [RecordID], at store: Store) throws {
        try store.asOneEntry("delete") {
            _ = try store.edit(author: "ana") { ids.map { .delete($0, kind: "article") } }
        }
    }

    @Test func `a delete of many records decodes its transaction as often as one of few`() throws {
        let counts = try decodedBodies([60, 600]) { group, ids in try delete(ids, at: group[0]) }
        #expect(counts[1] <= counts[0] + 2, "\(counts)")
    }

    @Test func `reading many deleted records decodes their common delete once and not for each record`()
        throws
    {
        let counts = try decodedBodies([60, 600]) { group, ids in
            try delete(ids, at: group[0])
        } _: { group, ids in
            for id in ids {
                let record = try #require(try group[0].stored(id, kind: "article"))
                #expect(try !group[0].records.isDeletionContested(of: record))
            }
        }
        #expect(counts[1] <= counts[0] + 2, "\(counts)")
    }

    @Test func `the redo of a delete lists for each record only the versions of that record`() throws {
        let bytes = try [40, 400].map { size in
            let scene = try BulkEditTests()
            let store = scene.store
            let ids = try scene.articles(size)
            // Each has a head of its own that the delete has seen.
            for id in ids {
                _ = try store.edit(author: "ana") { scene.tagging([id], count: 1) }
            }
            try scene.delete(ids, at: store)
            _ = try store.undo(#require(try store.log.lastOwnEntry()), words: "undo", author: "ana")
            let start = try store.position
            let redone = try #require(try store.log.lastOwnEntry(isUndo: true))
            _ = try store.undo(redone, words: "redo", author: "ana")
            #expect(try store.recordCounts().isEmpty)
            #expect(try store.openConflicts == 0)
            return try store.database.integer(
                "SELECT sum(length(body)) FROM log WHERE position > ?", .integer(start)) ?? 0
        }
        #expect(bytes[1] <= 14 * bytes[0], "\(bytes)")
    }

    @Test func `repeating an edit of many records takes work in proportion to their number`() throws {
        let steps = try [40, 400].map { size in
            let scene = try BulkEditTests()
            let ids = try scene.articles(size)
            for id in ids { _ = try scene.store.edit(author: "ana") { scene.tagging([id], count: 1) } }
            let meter = StatementMeter(over: scene.group.folder)
            let store = try Store(
                opening: scene.store.folder, environment: scene.group.world.environment())
            return try meter.count {
                let outcome = try store.edit(author: "ana") { scene.tagging(ids.reversed(), count: 1) }
                #expect(outcome.version == nil)
            }.steps
        }
        #expect(steps[1] <= 14 * steps[0], "\(steps)")
    }
}
