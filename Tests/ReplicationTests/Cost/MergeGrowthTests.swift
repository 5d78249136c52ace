import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What merges cost where very many records are one, or are alike: counted in statements, at two sizes.
@Suite struct MergeGrowthTests {
    private func ids(_ count: Int) -> [RecordID] {
        (0..<count).map { RecordID(rawValue: UInt128(1_000 + $0)) }
    }

    private func store(of count: Int) throws -> Store {
        let store = try Replicas(1)[0]
        _ = try store.importBatch(
            ids(count).enumerated().map { number, id in
                var item = ImportItem(
                    kind: "article",
                    fields: [
                        ("author", canonicalString("Inés Quilca")), ("date", canonicalString("2026-03-04")),
                        ("language", canonicalString(number == 0 ? "es" : "qu")),
                        ("title", canonicalString("Editorial")),
                    ])
                if number == 0 { item.fields.removeAll { $0.name == "language" } }
                item.id = id
                return item
            }, author: "ana")
        return store
    }

    private func statements(in store: Store, _ body: () throws -> Void) throws -> Int {
        let before = store.database.statementCount
        try body()
        return store.database.statementCount - before
    }

    private func merge(_ ids: [RecordID], _ store: Store) throws {
        _ = try store.edit(author: "ana") {
            ids.dropFirst().map { .merge([$0], into: ids[0], kind: "article") }
        }
    }

    /// Ten times as much for ten times as many, and a little for pages of an index.
    private func isLinear(_ counts: [Int]) -> Bool { counts[1] <= counts[0] * 12 }

    @Test func `the cost of merging and unmerging records grows linearly with their number`() throws {
        var merges: [Int] = []
        var partings: [Int] = []
        for size in [30, 300] {
            let store = try store(of: size)
            let ids = ids(size)
            merges.append(try statements(in: store) { try merge(ids, store) })
            #expect(try store.recordCounts().map(\.count) == [1])
            partings.append(
                try statements(in: store) {
                    _ = try store.edit(author: "ana") {
                        ids.dropFirst().map { .unmerge($0, kind: "article") }
                    }
                })
            #expect(try store.recordCounts().map(\.count) == [size])
        }
        #expect(isLinear(merges), "\(merges)")
        #expect(isLinear(partings), "\(partings)")
    }

    @Test func `the cost of reading and finding a merged record grows linearly with its members`() throws {
        var counts: [[Int]] = []
        for size in [30, 300] {
            let store = try store(of: size)
            try merge(ids(size), store)
            _ = try store.queries.ids(Query("lang:qu"))
            var found: [RecordID] = []
            counts.append([
                try statements(in: store) { _ = try store.view(ids(size)[0], kind: "article") },
                try statements(in: store) { found = try store.queries.ids(Query("lang:qu")).ids.map(\.id) },
                try statements(in: store) { _ = try store.conflicts() },
            ])
            #expect(found == [ids(size)[0]])
        }
        for (small, large) in zip(counts[0], counts[1]) { #expect(isLinear([small, large]), "\(counts)") }
    }

    @Test func `the cost of listing duplicates of one title grows linearly with their number`() throws {
        var counts: [Int] = []
        for size in [300, 3_000] {
            let store = try store(of: size)
            _ = try store.duplicates()
            counts.append(
                try statements(in: store) {
                    let page = try store.duplicates(limit: 20)
                    #expect(page.total == 1 && page.groups[0].count == size)
                })
        }
        #expect(isLinear(counts), "\(counts)")
    }
}
