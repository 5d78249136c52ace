import QuipuCausality
import QuipuReplication
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// A client does not empty a collection because somebody else's archive was emptied: it stops and asks, in whatever way
/// and in however many steps a day the collection loses its records.
@Suite struct MassDeletionTests {
    private func isStopped(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return false
        } catch let error as ReplicationError where error.code == .massDeletion {
            return true
        }
    }

    /// Two replicas with a collection of some articles, one of which deletes some of them.
    private func group(of count: Int, deleting deleted: Int, inCollection: Bool = true) throws -> Replicas {
        let group = try Replicas(2)
        try group.add([("name", "\"Press\"")], kind: "collection", id: 9_000, at: 0)
        let place = RecordID(rawValue: 9_000).text
        for index in 0..<count {
            let fields = [("title", "\"T\"")] + (inCollection ? [("collections/\(place)", "true")] : [])
            try group.add(fields, id: UInt128(index + 1), at: 0)
        }
        try group.sync(1, 0)
        for index in 0..<deleted {
            _ = try group[1].delete(RecordID(rawValue: UInt128(index + 1)), kind: "article", author: "ben")
        }
        return group
    }

    private static let hour: Int64 = 3_600_000
    private static let place = RecordID(rawValue: 9_000).text

    private func edit(_ ids: ClosedRange<Int>, _ changes: [(String, String)], at store: Store) throws {
        for id in ids {
            let edit = Edit(
                id: RecordID(rawValue: UInt128(id)), kind: "article",
                changes: changes.map { Edit.Change(field: $0.0, json: Array($0.1.utf8)) })
            _ = try store.edit([edit], author: "ben")
        }
    }

    private func delete(_ ids: ClosedRange<Int>, at store: Store) throws {
        for id in ids {
            _ = try store.delete(RecordID(rawValue: UInt128(id)), kind: "article", author: "ben")
        }
    }

    private func live(_ store: Store) throws -> Int {
        try store.recordCounts().first { $0.kind == "article" }?.count ?? 0
    }

    @Test(arguments: [(21, 18, false), (21, 19, true), (20, 20, false), (30, 26, false), (30, 27, true)])
    func `deleting nine tenths of more than twenty articles stops the client`(
        count: Int, deleted: Int, expected: Bool
    ) throws {
        let group = try group(of: count, deleting: deleted)
        #expect(try isStopped { try group.sync(0, 1) } == expected)
        #expect(try live(group[0]) == (expected ? count : count - deleted))
    }

    @Test func `articles in no collection are guarded as one group`() throws {
        let group = try group(of: 25, deleting: 24, inCollection: false)
        #expect(try isStopped { try group.sync(0, 1) })
    }

    private func merge(_ ids: ClosedRange<Int>, into keep: Int, at store: Store) throws {
        _ = try store.edit(author: "ben") {
            [
                .merge(
                    ids.map { RecordID(rawValue: UInt128($0)) }, into: RecordID(rawValue: UInt128(keep)),
                    kind: "article")
            ]
        }
    }

    @Test(arguments: [(21, 18, false), (21, 19, true), (200, 179, false), (200, 190, true)])
    func `merging nine tenths of a collection into one record stops the client`(
        count: Int, merged: Int, expected: Bool
    ) throws {
        let group = try group(of: count, deleting: 0)
        try merge(2...merged + 1, into: 1, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) } == expected)
        #expect(try live(group[0]) == (expected ? count : count - merged))
    }

    @Test func `a record into which many are merged counts as one lost record`() throws {
        let group = try group(of: 60, deleting: 0)
        try merge(2...31, into: 1, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        group.world.advance(milliseconds: 25 * Self.hour)
        _ = try group[1].delete(RecordID(rawValue: 1), kind: "article", author: "ben")
        #expect(try !isStopped { try group.sync(0, 1) })
        #expect(try live(group[0]) == 29)
        // Nine tenths of what is listed, not of what there is.
        try delete(32...57, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test func `taking records out of a merge brings them back, and costs no collection anything`() throws {
        let group = try group(of: 60, deleting: 0)
        try merge(2...40, into: 1, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        _ = try group[1].edit(author: "ben") {
            (2...40).map { .unmerge(RecordID(rawValue: UInt128($0)), kind: "article") }
        }
        #expect(try !isStopped { try group.sync(0, 1) })
        try merge(41...58, into: 1, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        #expect(try live(group[0]) == 42)
    }

    @Test func `a client that accepts the deletions receives them`() throws {
        let group = try group(of: 25, deleting: 25)
        var options = Synchronizer.Options()
        options.acceptsDeletions = true
        let report = try Synchronizer(group[0], over: group.link(to: 1), options: options).run(agreement: nil)
            .0
        #expect(report.inSync)
        #expect(try live(group[0]) == 0)
    }

    @Test func `splitting an exchange into messages does not hide how much it deletes`() throws {
        let group = try group(of: 200, deleting: 190)
        var options = Synchronizer.Options()
        options.firstBudgetBytes = 256
        options.maximumBudgetBytes = 256
        let synchronizer = Synchronizer(group[0], over: try group.link(to: 1), options: options)
        #expect(try isStopped { _ = try synchronizer.run(agreement: nil) })
        #expect(try live(group[0]) > 20)
    }

    @Test func `several exchanges of one day count together`() throws {
        let group = try group(of: 60, deleting: 0)
        try group.sync(0, 1)
        for step in 0..<5 {
            group.world.advance(milliseconds: 4 * Self.hour)
            try delete(step * 10 + 1...step * 10 + 10, at: group[1])
            #expect(try !isStopped { try group.sync(0, 1) })
        }
        try delete(51...53, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        try delete(54...54, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
        // Asking again does not wear it down, and what was refused is not counted twice.
        #expect(try isStopped { try group.sync(0, 1) })
        #expect(try live(group[0]) == 7)
    }

    @Test func `the guard counts from the remaining records after a day`() throws {
        let group = try group(of: 60, deleting: 0)
        try group.sync(0, 1)
        try delete(1...30, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        group.world.advance(milliseconds: 25 * Self.hour)
        try delete(31...55, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        try delete(56...57, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test(arguments: [
        [("collections/\(place)", "false")], [("collections/\(place)", "null")], [("title", "null")],
        [("title", "\"\"")], [("title", "\" \u{200b}\u{a0}\"")], [("deleted", "true")],
    ])
    func `leaving a collection and losing all content count as deletions`(changes: [(String, String)]) throws
    {
        let group = try group(of: 30, deleting: 0)
        try group.sync(0, 1)
        try edit(1...26, changes, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        try edit(27...27, changes, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test func `all ways of losing records count together`() throws {
        let group = try group(of: 30, deleting: 0)
        try group.sync(0, 1)
        try delete(1...9, at: group[1])
        try edit(10...18, [("collections/\(Self.place)", "false")], at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        try edit(19...27, [("title", "null")], at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test func `new records do not offset the lost ones`() throws {
        let group = try group(of: 30, deleting: 0)
        try group.sync(0, 1)
        for id in 101...400 {
            try group.add(
                [("title", "\"new\""), ("collections/\(Self.place)", "true")], id: UInt128(id), at: 1)
        }
        #expect(try !isStopped { try group.sync(0, 1) })
        try delete(1...30, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test func `the deletion guard ignores other edits and losses that are undone`() throws {
        let group = try group(of: 30, deleting: 0)
        try group.sync(0, 1)
        try edit(
            1...30, [("title", "\"another\""), ("tags/river", "false"), ("x-old", "null")], at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        for _ in 0..<3 {
            try delete(1...26, at: group[1])
            #expect(try !isStopped { try group.sync(0, 1) })
            for id in 1...26 {
                _ = try group[1].restore(RecordID(rawValue: UInt128(id)), kind: "article", author: "ben")
            }
            #expect(try !isStopped { try group.sync(0, 1) })
        }
        try edit(1...27, [("title", "null")], at: group[1])
        try edit(1...27, [("title", "\"back\"")], at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        try delete(27...28, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
    }

    @Test func `an accepted loss restarts the count for the rest of the day`() throws {
        let group = try group(of: 60, deleting: 0)
        try group.sync(0, 1)
        try delete(1...57, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
        var options = Synchronizer.Options()
        options.acceptsDeletions = true
        _ = try Synchronizer(group[0], over: group.link(to: 1), options: options).run(agreement: nil)
        try delete(58...60, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        #expect(try live(group[0]) == 0)
    }

    @Test func `a clock that is corrected or set back does not end the day early`() throws {
        let group = try group(of: 60, deleting: 0)
        group.world.advance(milliseconds: 500 * 24 * Self.hour)
        try group.sync(0, 1)
        try delete(1...50, at: group[1])
        #expect(try !isStopped { try group.sync(0, 1) })
        try group.setClock(of: 1, offsetMilliseconds: 400 * 24 * Self.hour, isSynchronized: true)
        #expect(try !isStopped { try group.sync(0, 1) })
        #expect(try group[0].clock.offset() != 0)
        group.world.advance(milliseconds: -5 * Self.hour)
        try delete(51...60, at: group[1])
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test func `the guard's own tables do not grow`() throws {
        let group = try group(of: 30, deleting: 0)
        for step in 0..<100 {
            try group.sync(0, 1)
            try delete(1...5, at: group[1])
            try group.sync(0, 1)
            for id in 1...5 {
                _ = try group[1].restore(RecordID(rawValue: UInt128(id)), kind: "article", author: "ben")
            }
            group.world.advance(milliseconds: Int64(step) % 7 * Self.hour)
        }
        let database = try Connection(path: group[0].folder.localPath, options: .init(mode: .readOnly))
        #expect(try #require(try database.integer("SELECT count(*) FROM holding")) <= 26)
        #expect(try #require(try database.integer("SELECT count(*) FROM loss")) <= 5)
    }

    @Test func `a replica's own deletions do not stop its client`() throws {
        let group = try group(of: 25, deleting: 25)
        #expect(try !isStopped { try group.sync(1, 0) })
        #expect(try live(group[0]) == 0)
    }
}
