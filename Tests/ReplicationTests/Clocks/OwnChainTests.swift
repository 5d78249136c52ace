import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// A change by hand replaces what its own chain gave the field before: no token holder makes thousands of heads alone.
@Suite struct OwnChainTests {
    private func name(_ origin: UInt128, _ sequence: UInt64) -> TransactionName {
        TransactionName(origin: Origin(rawValue: origin), sequence: sequence)
    }

    private func transaction(
        _ name: TransactionName, _ field: String = "title", over replaced: [TransactionName] = [],
        byProgram: Bool = false, after previous: TransactionName? = nil
    ) -> Transaction {
        Transaction(
            name: name, previous: previous, stamp: Stamp(milliseconds: FakeWorld.startMilliseconds),
            author: "eve", isByProgram: byProgram,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: 1), kind: "article",
                    fields: [
                        FieldChange(
                            field: field, value: .text(Array("\"\(name.sequence)\"".utf8)),
                            replaces: replaced.sorted())
                    ])
            ])
    }

    @Test
    func `a change that does not replace its own chain's version is refused and stops only its origin`()
        throws
    {
        let group = try Replicas(2)
        let outcome = try group[0].apply([
            transaction(name(5, 1)), transaction(name(6, 1)), transaction(name(5, 2)),
            transaction(name(6, 2), over: [name(5, 1), name(6, 1)]), transaction(name(5, 3), "body"),
        ])
        #expect(outcome.refused.map(\.name) == [name(5, 2)])
        #expect(try group[0].log.vector().entries.map(\.name) == [name(5, 1), name(6, 2)])
        #expect(try group[0].verify().damaged == [])
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try group[0].digest == group[1].digest)
    }

    @Test func `the versions behind a named version are replaced with it`() throws {
        let group = try Replicas(1)
        let outcome = try group[0].apply([
            transaction(name(5, 1)), transaction(name(6, 1), over: [name(5, 1)]),
            transaction(name(5, 2), over: [name(6, 1)]), transaction(name(6, 2), over: [name(6, 1)]),
            transaction(name(5, 3), over: [name(6, 2), name(5, 2)]),
        ])
        #expect(outcome.refused.isEmpty, "\(outcome.refused)")
        #expect(try group[0].openConflicts == 0)
    }

    @Test func `a program's change need not replace its own versions or a person's`() throws {
        let group = try Replicas(1)
        let outcome = try group[0].apply([
            transaction(name(5, 1), byProgram: true), transaction(name(5, 2), byProgram: true),
            transaction(name(5, 3)), transaction(name(5, 4), byProgram: true),
        ])
        #expect(outcome.refused.isEmpty, "\(outcome.refused)")
    }

    @Test(arguments: [false, true])
    func `the rule follows the chain and not the name, also across a branch start`(replaces: Bool) throws {
        let group = try Replicas(1)
        let store = group[0]
        #expect(try store.apply([transaction(name(5, 1)), transaction(name(5, 2), "body")]).refused.isEmpty)
        let start = try #require(try store.log.entry(of: name(5, 2))?.chain)
        try store.log.join(branchStarts: [start])
        let derived = TransactionName(origin: Origin(branchStart: start), sequence: 2)
        let outcome = try store.apply([transaction(derived, over: replaces ? [name(5, 1)] : [])])
        #expect(outcome.refused.isEmpty == replaces)
        // Somebody else's chain under the old name is another one.
        #expect(try store.apply([transaction(name(7, 1))]).refused.isEmpty)
    }

    @Test func `a field with more heads than one change may name is resolved by several changes`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"mine\"")], id: 1, at: 0)
        let count = UInt128(Limits.replacedVersions) + 10
        #expect(try group[0].apply((1...count).map { transaction(name(1 << 80 + $0, 1)) }).refused.isEmpty)
        #expect(try group[0].openConflicts == 1)
        let position = try group[0].position
        try group.add([("title", "\"settled\"")], id: 1, at: 0)
        #expect(try group[0].openConflicts == 0)
        #expect(try group[0].position == position + 2)
        let record = try #require(try group[0].view(RecordID(rawValue: 1), kind: "article"))
        #expect(record.string("title") == "settled")
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try group[1].openConflicts == 0)
        #expect(try group[1].digest == group[0].digest)
    }
}
