import CQuipuSQLite
import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import Support
import Testing

@testable import QuipuSQLite
@testable import QuipuStorage

/// What is done with one record costs the same beside ten times as much of everything else: counted in statements, in the
/// steps of SQLite's machine, and in bytes on the wire.
@Suite struct FlatCostTests {
    private struct Cost: CustomStringConvertible {
        var statements = 0
        var steps = 0
        var bytes = 0
        var description: String { "\(statements) statements, \(steps) steps, \(bytes) bytes" }
    }

    private static let sizes = (small: 100, large: 1_000)
    private static let article = RecordID(rawValue: 1)
    private static let item = ImportItem(
        kind: "article",
        fields: [
            ("title", canonicalString("The river")),
            ("url", canonicalString("https://example.org/the-river")),
        ])

    @Test(arguments: Surroundings.allCases)
    func `one record costs the same beside ten times as much data`(_ surroundings: Surroundings) throws {
        let small = try costs(beside: Self.sizes.small, surroundings)
        let large = try costs(beside: Self.sizes.large, surroundings)
        for (name, cost) in small {
            let other = try #require(large.first { $0.name == name }?.cost)
            #expect(
                other.statements <= cost.statements + cost.statements / 4 + 4,
                "\(name): \(cost); then \(other)")
            // What is known has one hash over the ends of all chains, so each exchange reads those.
            if surroundings == .origins, name == "sync of this" { continue }
            #expect(other.steps <= 2 * cost.steps + 600, "\(name): \(cost); then \(other)")
            #expect(other.bytes <= cost.bytes + 60, "\(name): \(cost); then \(other)")
        }
    }

    @Test func `the cost check detects an operation that reads everything`() throws {
        let counts = try [Self.sizes.small, Self.sizes.large].map { size in
            let group = try Replicas(2)
            try fill(group, with: size, .records)
            return try cost(in: group[0]) { try group[0].forEachRecord(RecordFilter()) { _ in true } }.steps
        }
        #expect(counts[1] > 5 * counts[0])
    }

    // MARK: What is done

    private func costs(beside size: Int, _ surroundings: Surroundings) throws -> [(name: String, cost: Cost)]
    {
        let group = try Replicas(2)
        let store = group[0]
        try group.add([("title", "\"Water\""), ("body", "\"It rose.\"")], id: 1, at: 0)
        try group.add([("tags/spring", "true")], id: 1, at: 0)
        _ = try store.importBatch([Self.item], author: "ana")
        try fill(group, with: size, surroundings)
        let (_, agreement) = try group.sync(0, 1)
        var isFresh = false
        _ = try store.search("rose", isIndexFresh: &isFresh)
        _ = try store.importBatch([Self.item], author: "ana")

        var tag = RecordFilter()
        tag.tag = "spring"
        var synced = SyncReport()
        let operations: [(String, () throws -> Void)] = [
            ("show", { _ = try store.view(Self.article, kind: "article") }),
            ("find by handle", { _ = try store.find(Self.article.text) }),
            (
                "history",
                { _ = try store.log.history(of: try #require(try store.view(Self.article, kind: "article"))) }
            ),
            ("list --tag", { try store.forEachRecord(tag) { _ in true } }),
            ("conflicts of it", { _ = try store.conflicts(of: Self.article) }),
            ("the same item again", { _ = try store.importBatch([Self.item], author: "ana") }),
            ("set", { try group.add([("title", "\"Flood\"")], id: 1, at: 0) }),
            ("tag", { try group.add([("tags/river", "true")], id: 1, at: 0) }),
            ("search", { _ = try store.search("rose", isIndexFresh: &isFresh) }),
            ("delete", { _ = try store.delete(Self.article, kind: "article", author: "ana") }),
            ("restore", { _ = try store.restore(Self.article, kind: "article", author: "ana") }),
            ("sync of this", { synced = try group.sync(0, 1, agreement: agreement).0 }),
        ]
        return try operations.map { name, operation in
            var cost = try self.cost(in: store, operation)
            if name == "sync of this" { cost.bytes = synced.bytesSent + synced.bytesReceived }
            return (name, cost)
        }
    }

    private func cost(in store: Store, _ body: () throws -> Void) throws -> Cost {
        let before = (store.database.statementCount, steps(in: store))
        try body()
        return Cost(
            statements: store.database.statementCount - before.0, steps: steps(in: store) - before.1)
    }

    /// Of all statements that are kept prepared.
    private func steps(in store: Store) -> Int {
        var sum = 0
        var statement = sqlite3_next_stmt(store.database.handle, nil)
        while statement != nil {
            sum += Int(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0))
            statement = sqlite3_next_stmt(store.database.handle, statement)
        }
        return sum
    }

    private func fill(_ group: Replicas, with size: Int, _ surroundings: Surroundings) throws {
        try surroundings.fill(group[0], beside: group[1], world: group.world, count: size) {
            try group.sync(0, 1)
        }
        if surroundings == .conflicts { #expect(try group[0].openConflicts == size) }
    }
}
