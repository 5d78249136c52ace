import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuSQLite
import Support
import Testing

@testable import QuipuStorage

/// What things cost, in numbers that are the same on every machine. The limits stand a little above what was seen; who
/// makes something dearer moves them knowingly.
@Suite struct CostTests {
    private static let articles = 200

    private func imported() throws -> Replicas {
        let group = try Replicas(2)
        let collection = try group[0].collections.importOne(named: "Press", author: "ana")
        let items = (0..<Self.articles).map { number in
            ImportItem(
                kind: "article",
                fields: [
                    ("author", canonicalString("Inés Quilca")),
                    ("body", canonicalString(String(repeating: "word\(number) ", count: 150))),
                    ("collections/\(collection.text)", Array("true".utf8)),
                    ("date", canonicalString("2025-01-02")), ("tags/water", Array("true".utf8)),
                    ("title", canonicalString("Article \(number)")),
                    ("url", canonicalString("https://example.org/\(number)")),
                ])
        }
        _ = try group[0].importBatch(items, author: "ana")
        return group
    }

    private func transactions(of store: Store, after position: Int64 = 0) throws -> [Transaction] {
        var found: [Transaction] = []
        try store.log.forEachTransaction(after: position) { transaction, _, _ in
            found.append(transaction)
            return true
        }
        return found
    }

    private func statements(in store: Store, _ body: () throws -> Void) rethrows -> Int {
        let before = store.database.statementCount
        try body()
        return store.database.statementCount - before
    }

    /// A tag for each of some articles, each by a command of its own.
    private func tag(_ count: Int, in group: Replicas, with tag: String = "checked") throws {
        var ids: [RecordID] = []
        var filter = RecordFilter()
        filter.kind = "article"
        try group[0].forEachRecord(filter) { record in
            ids.append(record.id)
            return ids.count < count
        }
        for id in ids {
            group.world.advance(milliseconds: 1_500)
            let change = Edit.Change(field: "tags/\(tag)", json: Array("true".utf8))
            _ = try group[0].edit([Edit(id: id, kind: "article", changes: [change])], author: "ana")
        }
    }

    @Test func `applying a new record takes four statements: lookup, insert, tag and collection`() throws {
        let group = try imported()
        let all = try transactions(of: group[0])
        let count = try statements(in: group[1]) { _ = try group[1].apply(all) }
        // Of a transaction its origin, its place in the log and names; of the piece the archive's row and vector.
        #expect(count <= 4 * Self.articles + 8 * all.count + 20)
    }

    @Test func `a record that is sent is read once`() throws {
        let group = try imported()
        let count = try statements(in: group[0]) { _ = try transactions(of: group[0]) }
        #expect(count <= Self.articles + 10)
    }

    @Test func `setting a tag takes a few statements on both sides`() throws {
        let group = try imported()
        try group.sync(0, 1)
        let position = try group[0].position
        let own = try statements(in: group[0]) { try tag(20, in: group) }
        // The first edit looks once for what the archive was told before.
        #expect(own <= 20 * 20 + 10)
        let edits = try transactions(of: group[0], after: position)
        let there = try statements(in: group[1]) { _ = try group[1].apply(edits) }
        #expect(there <= 20 * 8 + 20)
    }

    @Test func `a tag edit takes few bytes and one round trip, alone and among a hundred`() throws {
        let group = try imported()
        let (_, first) = try group.sync(0, 1)
        let (idle, agreed) = try group.sync(0, 1, agreement: first)
        #expect(idle.roundTrips == 1)
        // A transport over HTTP adds about a hundred and fifty bytes.
        #expect(idle.bytesSent <= 155)
        #expect(idle.bytesReceived <= 135)

        try tag(100, in: group)
        let (many, next) = try group.sync(0, 1, agreement: agreed)
        #expect(many.inSync)
        #expect(many.roundTrips == 1)
        #expect(many.bytesSent - idle.bytesSent <= 100 * 25)

        try tag(1, in: group, with: "again")
        let (one, _) = try group.sync(0, 1, agreement: next)
        #expect(one.inSync)
        #expect(one.roundTrips == 1)
        #expect(one.bytesSent - idle.bytesSent <= 160)
    }

    @Test func `changing one word of a text of sixty kilobytes takes few bytes and one round trip`()
        throws
    {
        let group = try imported()
        var words = (0..<7_000).map { "word\($0 &* 2_654_435_761 % 9_973)" }
        func write() throws {
            try group.add([("body", "\"\(words.joined(separator: " "))\"")], id: 1, at: 0)
        }
        try write()
        let (_, first) = try group.sync(0, 1)
        let (idle, agreed) = try group.sync(0, 1, agreement: first)
        words[3_000] = "harvest"
        try write()
        let (one, _) = try group.sync(0, 1, agreement: agreed)
        #expect(one.inSync)
        #expect(one.roundTrips == 1)
        #expect(one.bytesSent - idle.bytesSent <= 330)
    }
}
