import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// A machine says what came in under its own name that it did not write.
@Suite struct NameUseTests {
    private let group: Replicas

    init() throws {
        group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 1, at: 0)
        try group.add([("title", "\"Fire\"")], id: 2, at: 0)
        try group.sync(0, 1)
    }

    /// Somebody who holds nothing of that machine writes on under its name.
    private func impersonate(_ origin: Origin, after sequence: UInt64, count: UInt64 = 1, at place: Int)
        throws
    {
        let transactions = (1...count).map { number in
            Transaction(
                name: TransactionName(origin: origin, sequence: sequence + number),
                stamp: Stamp(milliseconds: FakeWorld.startMilliseconds + 5_000), author: "eve",
                isByProgram: false,
                records: [
                    RecordChanges(
                        id: RecordID(rawValue: 1), kind: "article",
                        // A field of its own: what its chain gave a field before, a change must replace.
                        fields: [
                            FieldChange(
                                field: "x-\(sequence + number)", value: .text(Array("\"Never\"".utf8)))
                        ])
                ])
        }
        let outcome = try group[place].apply(transactions)
        #expect(outcome.appliedCount == Int(count) && outcome.refused.isEmpty)
    }

    @Test func `foreign edits under a replica's own name are reported by the sync and recorded`() throws {
        let origin = try group[0].origin
        try impersonate(origin, after: 2, count: 3, at: 1)
        #expect(try group[1].log.nameUses() == [], "it is no name of that machine's")
        let (report, agreement) = try group.sync(0, 1)
        #expect(report.inSync)
        let use = try #require(report.inOwnName.first)
        #expect(report.inOwnName.count == 1)
        #expect(use.first == TransactionName(origin: origin, sequence: 3) && use.count == 3)
        #expect(use.author == "eve" && use.timeMilliseconds == FakeWorld.startMilliseconds + 5_000)
        #expect(try group[0].log.nameUses() == [use])
        // It comes no second time, and is told of once.
        #expect(try group.sync(0, 1, agreement: agreement).0.inOwnName == [])
        try impersonate(origin, after: 5, at: 1)
        #expect(try group.sync(0, 1).0.inOwnName.map(\.count) == [1])
        #expect(try group[0].log.nameUses().map(\.count) == [4])
    }

    @Test func `a name that a replica left behind still counts as its own`() throws {
        let origin = try group[0].origin
        try impersonate(origin, after: 2, at: 1)
        try group.sync(0, 1)
        try group.add([("title", "\"Mine\"")], id: 1, at: 0)
        #expect(try group[0].origin != origin)
        #expect(try group.sync(0, 1).0.inOwnName == [])
        try impersonate(origin, after: 3, at: 1)
        #expect(try group.sync(0, 1).0.inOwnName.map(\.first.sequence) == [4])
        // And a name under which it has written nothing yet.
        try group.sync(1, 0)
        try impersonate(try group[1].origin, after: 0, at: 0)
        try group.sync(1, 0)
        #expect(try group[1].log.nameUses().map(\.author) == ["eve"])
    }

    @Test func `a serving replica records foreign edits under its own name too`() throws {
        try impersonate(try group[0].origin, after: 2, at: 1)
        try group.sync(1, 0)
        #expect(try group[0].log.nameUses().count == 1 && group[1].log.nameUses().isEmpty)
    }

    @Test func `a copied folder is reported to the other copy, and no replica reports its own edits`() throws
    {
        let copy = try group.copy(0)
        try group.add([("title", "\"Copy\"")], id: 1, at: copy, author: "ben")
        try group.sync(copy, 1)
        #expect(try group.sync(0, 1).0.inOwnName.map(\.author) == ["ben"])
        // Both write on, and go on.
        try group.add([("title", "\"One\"")], id: 1, at: 0)
        try group.add([("title", "\"Two\"")], id: 2, at: copy, author: "ben")
        try group.syncAll()
        #expect(try group[0].digest == group[copy].digest)
        #expect(try group[copy].log.nameUses() == [])
        #expect(try group[0].log.nameUses().map(\.count).reduce(0, +) == 2)
    }

    @Test func `each copy reports the branch of the other when both have written`() throws {
        let copy = try group.copy(0)
        try group.add([("title", "\"One\"")], id: 1, at: 0, author: "ana")
        try group.add([("title", "\"More\"")], id: 1, at: 0, author: "ana")
        try group.add([("title", "\"Two\"")], id: 2, at: copy, author: "ben")
        try group.sync(0, 1)
        try group.sync(copy, 1)
        try group.syncAll()
        #expect(try group[0].digest == group[copy].digest)
        #expect(try group[0].log.nameUses().allSatisfy { $0.author == "ben" })
        #expect(try group[copy].log.nameUses().allSatisfy { $0.author == "ana" })
        #expect(try group[0].log.nameUses().count == 1 && group[copy].log.nameUses().count == 1)
    }

    @Test func `edits that a machine wrote and lost with its archive are not reported as foreign`() throws {
        let backup = try group.backUp(0)
        try group.add([("title", "\"Later\"")], id: 1, at: 0)
        try group.add([("title", "\"Latest\"")], id: 1, at: 0)
        try group.sync(0, 1)
        try group.putBack(backup, at: 0, archiveAlone: true)
        #expect(try group.sync(0, 1).0.inOwnName == [])
        #expect(try group[0].log.nameUses() == [])
        // Its memory put back as well, nothing tells them from another's.
        try group.putBack(backup, at: 0)
        #expect(try group.sync(0, 1).0.inOwnName.map(\.count) == [2])
    }
}
