import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What something costs when there is more of what it does not ask for: counted in statements, at two sizes.
@Suite struct GrowthTests {
    private func statements(in store: Store, _ body: () throws -> Void) throws -> Int {
        let before = store.database.statementCount
        try body()
        return store.database.statementCount - before
    }

    private func edit(_ id: UInt128, _ field: String, _ json: String, at store: Store) throws {
        let edit = Edit(
            id: RecordID(rawValue: id), kind: "article",
            changes: [.init(field: field, json: Array(json.utf8))])
        _ = try store.edit([edit], author: "ana")
    }

    private func items(_ count: Int) -> [ImportItem] {
        (0..<count).map { number in
            ImportItem(
                kind: "article",
                fields: [
                    ("author", canonicalString("Inés Quilca")),
                    ("body", canonicalString("The river rose for the \(number)th time.")),
                    ("title", canonicalString("Article \(number)")),
                    ("url", canonicalString("https://example.org/\(number)")),
                ])
        }
    }

    @Test func `records with a tag are found without reading the others`() throws {
        var counts: [Int] = []
        for size in [100, 1_000] {
            let store = try Replicas(1)[0]
            _ = try store.importBatch(items(size), author: "ana")
            var all: [RecordID] = []
            try store.forEachRecord(RecordFilter()) {
                all.append($0.id)
                return true
            }
            for id in all.prefix(5) { try edit(id.rawValue, "tags/river", "true", at: store) }
            var filter = RecordFilter()
            filter.tag = "river"
            var found: [RecordID] = []
            counts.append(
                try statements(in: store) {
                    try store.forEachRecord(filter) {
                        found.append($0.id)
                        return true
                    }
                })
            #expect(found == Array(all.prefix(5)))
        }
        #expect(counts[0] == counts[1])
    }

    @Test func `a removed tag or a deleted record is not found by the tag`() throws {
        let store = try Replicas(1)[0]
        _ = try store.importBatch(items(3), author: "ana")
        var all: [RecordID] = []
        try store.forEachRecord(RecordFilter()) {
            all.append($0.id)
            return true
        }
        for id in all { try edit(id.rawValue, "tags/river", "true", at: store) }
        try edit(all[0].rawValue, "tags/river", "false", at: store)
        _ = try store.delete(all[1], kind: "article", author: "ana")
        var filter = RecordFilter()
        filter.tag = "river"
        var found: [RecordID] = []
        try store.forEachRecord(filter) {
            found.append($0.id)
            return true
        }
        #expect(found == [all[2]])
        filter.kind = "note"
        try store.forEachRecord(filter) { _ in
            Issue.record("an article is no note")
            return true
        }
        #expect(try store.verify().damaged == [])
    }

    @Test func `an edit below a deleted article costs the same for any number of dependents`() throws {
        var counts: [Int] = []
        for size in [20, 200] {
            let group = try Replicas(2)
            let article = RecordID(rawValue: 1 << 70)
            try group.add([("title", "\"Water\"")], id: article.rawValue, at: 0)
            for number in 1...size {
                try group.add(
                    [("target", "\"\(article.text)\""), ("text", "\"note\"")], kind: "note",
                    id: UInt128(number), at: 0)
            }
            try group.sync(0, 1)
            _ = try group[0].delete(article, kind: "article", author: "ana")
            try group.sync(0, 1)
            // The first that the delete has not seen opens the conflict.
            try group.add([("text", "\"other\"")], kind: "note", id: 1, at: 1)
            #expect(try group[1].openConflicts == 1)
            counts.append(
                try statements(in: group[1]) {
                    try group.add([("text", "\"another\"")], kind: "note", id: 2, at: 1)
                })
            #expect(try group[1].openConflicts == 1)
            #expect(try group[1].verify().damaged == [])
        }
        #expect(counts[1] <= counts[0] + 2)
    }

    @Test func `one record's conflicts are read without the others, and all are read one at a time`() throws {
        var counts: [Int] = []
        for size in [10, 100] {
            let group = try Replicas(2)
            for id in 1...UInt128(size) { try group.add([("title", "\"A\"")], id: id, at: 0) }
            try group.sync(0, 1)
            for id in 1...UInt128(size) {
                try group.add([("title", "\"B\"")], id: id, at: 0)
                try group.add([("title", "\"C\"")], id: id, at: 1)
            }
            try group.sync(0, 1)
            #expect(try group[0].openConflicts == size)
            counts.append(
                try statements(in: group[0]) {
                    let own = try group[0].conflicts(of: RecordID(rawValue: 3))
                    #expect(own.count == 1)
                })
            let first = try statements(in: group[0]) { try group[0].forEachConflict { _ in false } }
            #expect(first <= counts[0] + 2)
            let merging = try statements(in: group[0]) {
                let merges = try group[0].merging.mergeByPolicy(author: "ana")
                #expect(merges.isEmpty)
            }
            #expect(merging <= 4, "no collection has a policy")
        }
        #expect(counts[0] == counts[1])
    }

    @Test func `compaction reads the open conflicts once`() throws {
        var counts: [Int] = []
        for size in [40, 400] {
            let group = try Replicas(2)
            for id in 1...UInt128(size) { try group.add([("title", "\"A\(id)\"")], id: id, at: 0) }
            try group.sync(0, 1)
            for id in 1...UInt128(size) {
                try group.add([("title", "\"B\(id)\"")], id: id, at: 0)
                try group.add([("title", "\"C\(id)\"")], id: id, at: 1)
            }
            try group.sync(0, 1)
            counts.append(try statements(in: group[0]) { _ = try group[0].compact(isDryRun: true) })
        }
        // Ten times as many, of which there are three pages.
        #expect(counts[1] <= 11 * counts[0])
    }

    @Test func `a file that was imported on many mirrors is listed as fast as on one`() throws {
        let file = items(50)
        func count(_ mirrors: Int) throws -> (list: Int, verify: Int, again: Int) {
            let group = try Replicas(mirrors)
            for store in group.stores {
                group.world.advance(milliseconds: 1_000)
                _ = try store.importBatch(file, author: "ana")
            }
            for from in 1..<max(mirrors, 2) where from < mirrors { try group.sync(0, from) }
            let store = group[0]
            #expect(try store.recordCounts().map(\.count) == [50])
            let list = try statements(in: store) { try store.forEachRecord(RecordFilter()) { _ in true } }
            let verify = try statements(in: store) {
                let damaged = try store.verify().damaged
                #expect(damaged == [])
            }
            // The first takes up the keys of what came.
            _ = try store.importBatch(file, author: "ana")
            let again = try statements(in: store) {
                let effects = try store.importBatch(file, author: "ana")
                let isKnown = effects.allSatisfy { if case .unchanged = $0 { true } else { false } }
                #expect(isKnown)
            }
            return (list, verify, again)
        }
        let (one, few, many) = (try count(1), try count(2), try count(8))
        // Of each record its twins are asked for, together.
        #expect(many.list <= one.list + 50 + 20)
        #expect(many.again <= one.again + 20)
        #expect(many.verify - one.verify <= 8 * (few.verify - one.verify))
    }
}
