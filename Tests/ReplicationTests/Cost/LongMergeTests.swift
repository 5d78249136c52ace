import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What records cost that were merged one into the next, or in very many pairs: counted, at two sizes.
@Suite struct LongMergeTests {
    private func ids(_ count: Int) -> [RecordID] {
        (0..<count).map { RecordID(rawValue: UInt128(1_000 + $0)) }
    }

    private func store(of count: Int) throws -> Store {
        let store = try Replicas(1)[0]
        let items = ids(count).enumerated().map { number, id in
            ImportItem(
                id: id, kind: "article",
                fields: [
                    ("language", canonicalString("qu")), ("title", canonicalString("Article \(number)")),
                ])
        }
        _ = try store.importBatch(items, author: "ana")
        return store
    }

    /// Each into the next one.
    private func chain(of count: Int) throws -> Store {
        let store = try store(of: count)
        for (id, next) in zip(ids(count), ids(count).dropFirst()) {
            _ = try store.edit(author: "ana") { [.merge([id], into: next, kind: "article")] }
        }
        return store
    }

    /// By twos, in one transaction.
    private func pairs(_ count: Int) throws -> (store: Store, shown: [RecordID]) {
        let store = try store(of: 2 * count)
        let all = ids(2 * count)
        let shown = stride(from: 0, to: all.count, by: 2).map { all[$0] }
        _ = try store.edit(author: "ana") {
            stride(from: 0, to: all.count, by: 2).map {
                .merge([all[$0 + 1]], into: all[$0], kind: "article")
            }
        }
        return (store, shown)
    }

    private func statements(in store: Store, _ body: () throws -> Void) throws -> Int {
        let before = store.database.statementCount
        try body()
        return store.database.statementCount - before
    }

    private func decodedBodies(in store: Store, _ body: () throws -> Void) throws -> Int {
        let before = store.archive.keptBodies.decodedCount
        try body()
        return store.archive.keptBodies.decodedCount - before
    }

    private func setLanguage(of ids: [RecordID], to language: String, in store: Store) throws {
        _ = try store.edit(author: "ana") {
            ids.map { id in
                .fields(
                    Edit(
                        id: id, kind: "article",
                        changes: [.init(field: "language", json: canonicalString(language))]))
            }
        }
    }

    @Test func `a record at the end of a chain of merges is shown in one pass over the chain`() throws {
        var counts: [[Int]] = []
        for size in [20, 200] {
            let store = try chain(of: size)
            let ids = ids(size)
            _ = try store.queries.ids(Query("lang:qu"))
            counts.append([
                try statements(in: store) {
                    let record = try store.view(ids[0], kind: "article")
                    #expect(record?.id == ids[size - 1] && record?.isInConflict == false)
                },
                try statements(in: store) {
                    let conflicts = try store.conflicts()
                    #expect(conflicts.isEmpty)
                },
                try statements(in: store) {
                    _ = try store.edit(author: "ana") { ids.dropLast().map { .unmerge($0, kind: "article") } }
                },
            ])
            #expect(try store.recordCounts().map(\.count) == [size])
        }
        for (small, large) in zip(counts[0], counts[1]) { #expect(large <= small * 12, "\(counts)") }
    }

    @Test func `groups that one transaction merged, or edited, are looked at without decoding it for each`()
        throws
    {
        var counts: [[Int]] = []
        for size in [30, 300] {
            let (store, shown) = try pairs(size)
            counts.append([
                try decodedBodies(in: store) {
                    for id in shown {
                        let record = try store.view(id, kind: "article")
                        #expect(record?.members.count == 1)
                    }
                },
                try decodedBodies(in: store) {
                    let conflicts = try store.conflicts()
                    #expect(conflicts.isEmpty)
                },
                try decodedBodies(in: store) { try setLanguage(of: shown, to: "es", in: store) },
                try decodedBodies(in: store) { try setLanguage(of: shown, to: "fr", in: store) },
                try decodedBodies(in: store) {
                    for id in shown {
                        let record = try store.view(id, kind: "article")
                        #expect(record?.string("language") == "fr")
                    }
                },
            ])
        }
        for (small, large) in zip(counts[0], counts[1]) { #expect(large <= small + 2, "\(counts)") }
    }

    @Test func `a set of log positions holds what it was made of`() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<200 {
            let count = Int.random(in: 0...12, using: &random)
            let positions = (0..<count).map { _ in Int64.random(in: -4...16, using: &random) }
            let set = LogPositions(positions)
            for position in Int64(-6)...18 {
                #expect(set.contains(position) == positions.contains(position), "\(positions)")
            }
        }
        #expect(LogPositions([.max, .min]).contains(.max))
    }
}
