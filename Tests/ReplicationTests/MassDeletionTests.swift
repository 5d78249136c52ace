import Causality
import Replication
import Storage
import Support
import Testing

/// A client does not empty a collection because somebody else's archive was emptied: it stops and asks.
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

    @Test func `articles in no collection are guarded together`() throws {
        let group = try group(of: 25, deleting: 24, inCollection: false)
        #expect(try isStopped { try group.sync(0, 1) })
    }

    @Test func `one who was asked and agrees gets the deletions`() throws {
        let group = try group(of: 25, deleting: 25)
        var options = Synchronizer.Options()
        options.acceptsDeletions = true
        let report = try Synchronizer(group[0], over: group.link(to: 1), options: options).run(agreement: nil)
            .0
        #expect(report.inSync)
        #expect(try live(group[0]) == 0)
    }

    @Test func `pieces do not hide how much an exchange deletes`() throws {
        let group = try group(of: 200, deleting: 190)
        var options = Synchronizer.Options()
        options.firstBudgetBytes = 256
        options.maximumBudgetBytes = 256
        let synchronizer = Synchronizer(group[0], over: try group.link(to: 1), options: options)
        #expect(try isStopped { _ = try synchronizer.run(agreement: nil) })
        #expect(try live(group[0]) > 20)
    }

    @Test func `neither do attempts that were cut`() throws {
        let group = try group(of: 100, deleting: 0)
        let agreement = try #require(try group.sync(0, 1).1)
        func delete(_ ids: ClosedRange<Int>) throws {
            for id in ids {
                _ = try group[1].delete(RecordID(rawValue: UInt128(id)), kind: "article", author: "ben")
            }
        }
        try delete(1...60)
        #expect(try !isStopped { try group.sync(0, 1, agreement: agreement) })
        // Three quarters of what is left, and more than nine tenths of what there was at the last agreement.
        try delete(61...91)
        #expect(try isStopped { try group.sync(0, 1, agreement: agreement) })
        #expect(try live(group[0]) == 40)
    }

    @Test func `one's own deletions ask nobody`() throws {
        let group = try group(of: 25, deleting: 25)
        #expect(try !isStopped { try group.sync(1, 0) })
        #expect(try live(group[0]) == 0)
    }
}
