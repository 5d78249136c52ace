import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Folders that were copied and written in both places, backups that were put back: everyone finds the branch, gives
/// both sides the same new names, and nothing is lost.
@Suite struct BranchRepairTests {
    /// Everything equal everywhere, and every archive as its log says.
    private func expectSame(_ group: Replicas, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let first = try ReplicaState(of: group[0])
        for store in group.stores {
            #expect(try ReplicaState(of: store) == first, sourceLocation: sourceLocation)
            #expect(try store.log.knowledge() == group[0].log.knowledge(), sourceLocation: sourceLocation)
            #expect(try store.verify().damaged == [], sourceLocation: sourceLocation)
        }
    }

    @Test func `a copied folder that was written in both places is merged with nothing lost`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let copy = try group.copy(0)
        try group.add([("title", "\"Of the original\"")], id: 7, at: 0)
        try group.add([("title", "\"Of the copy\"")], id: 7, at: copy)
        try group.add([("body", "\"More of the copy\"")], id: 8, at: copy)
        let report = try group.sync(0, copy).0
        #expect(report.inSync)
        #expect(report.refused == [])
        try expectSame(group)
        #expect(try group[0].log.branchStarts.count == 2)
        #expect(try group[0].position == 4)
        #expect(try group[0].openConflicts == 1)
    }

    @Test func `a folder copied before its first edit branches at the beginning`() throws {
        let group = try Replicas(1)
        let copy = try group.copy(0)
        for _ in 0..<3 {
            try group.add([("title", "\"Of the original\"")], id: 7, at: 0)
            try group.add([("title", "\"Of the copy\"")], id: 8, at: copy)
        }
        try group.add([("title", "\"Once more\"")], id: 9, at: copy)
        #expect(try group.sync(copy, 0).0.inSync)
        try expectSame(group)
        #expect(try group[0].log.vector().entries.count == 2)
    }

    @Test func `copies that only sync with third parties are told apart by those`() throws {
        let group = try Replicas(3)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.syncAll()
        let copy = try group.copy(0)
        for index in 0..<40 {
            try group.add([("title", "\"Original \(index)\"")], id: 100 + UInt128(index), at: 0)
            try group.add([("title", "\"Copy \(index)\"")], id: 200 + UInt128(index), at: copy)
        }
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try group.sync(copy, 2).0.inSync)
        // Neither of these two owns the chain that they hold differently.
        #expect(try group.sync(1, 2).0.inSync)
        try group.syncAll()
        try expectSame(group)
        #expect(try group[1].position == 81)
    }

    @Test func `a replica whose chain was branched continues under a new origin`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let copy = try group.copy(0)
        try group.add([("title", "\"A\"")], id: 8, at: 0)
        try group.add([("title", "\"B\"")], id: 9, at: copy)
        try group.sync(0, copy)
        let before = [try group[0].origin, try group[copy].origin]
        try group.add([("title", "\"C\"")], id: 8, at: 0)
        try group.add([("title", "\"D\"")], id: 9, at: copy)
        let after = [try group[0].origin, try group[copy].origin]
        #expect(before[0] == before[1])
        #expect(Set(before + after).count == 3)
        #expect(try group.sync(0, copy).0.inSync)
        try expectSame(group)
    }

    @Test func `a copy that never wrote leaves a chain that continued elsewhere`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let copy = try group.copy(0)
        try group.add([("title", "\"A\"")], id: 8, at: 0)
        try group.sync(0, copy)
        try group.add([("title", "\"B\"")], id: 9, at: copy)
        #expect(try group.sync(0, copy).0.inSync)
        try expectSame(group)
        #expect(try group[0].log.branchStarts == [])
    }

    @Test func `a third copy does not continue a chain where two others branched`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let (second, third) = (try group.copy(0), try group.copy(0))
        try group.add([("title", "\"A\"")], id: 8, at: 0)
        try group.add([("title", "\"B\"")], id: 9, at: second)
        try group.sync(0, second)
        try group.sync(0, third)
        let shared = try group[third].origin
        try group.add([("title", "\"C\"")], id: 10, at: third)
        #expect(try group[third].origin != shared)
        try group.syncAll()
        try expectSame(group)
        #expect(try group[0].log.branchStarts.count == 2)
    }

    @Test(arguments: [false, true])
    func `a restored backup with new edits is repaired by its mirror`(archiveAlone: Bool) throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let backup = try group.backUp(0)
        let (_, agreement) = try group.sync(0, 1)
        for index in 0..<5 { try group.add([("title", "\"Lost \(index)\"")], id: 10 + UInt128(index), at: 0) }
        try group.sync(0, 1, agreement: agreement)
        try group.putBack(backup, at: 0, archiveAlone: archiveAlone)
        try group.add([("title", "\"Written since\"")], id: 7, at: 0)
        #expect(try group.sync(0, 1, agreement: agreement).0.inSync)
        try expectSame(group)
        #expect(try group[0].position == 7)
        // Where the machine itself remembers more than the archive has, nothing was ever branched.
        #expect(try group[0].log.branchStarts.isEmpty == archiveAlone)
    }

    @Test func `branches of branches get the same names everywhere`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let oldest = try group.copy(0)
        for index in 0..<6 { try group.add([("title", "\"A\(index)\"")], id: 8, at: 0) }
        let middle = try group.copy(0)
        for index in 0..<6 {
            try group.add([("title", "\"B\(index)\"")], id: 9, at: 0)
            try group.add([("title", "\"C\(index)\"")], id: 10, at: middle)
            try group.add([("title", "\"D\(index)\"")], id: 11, at: oldest)
        }
        // In this order the later branch of the chain is found before the earlier one.
        try group.sync(0, middle)
        try group.sync(middle, 1)
        try group.sync(oldest, 1)
        try group.syncAll()
        try expectSame(group)
        #expect(try group[1].position == 25)
    }

    @Test func `a long chain that branched early is searched in a few rounds`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let copy = try group.copy(0)
        for index in 0..<1_500 {
            try group.add([("title", "\"A\(index)\"")], id: UInt128(100 + index), at: 0)
            if index < 1_200 {
                try group.add([("title", "\"B\(index)\"")], id: UInt128(100 + index), at: copy)
            }
        }
        let report = try group.sync(0, copy).0
        #expect(report.inSync)
        #expect(report.roundTrips <= 12, "\(report.roundTrips)")
        #expect(try group[0].position == 2_701)
    }

    @Test func `a transaction that names itself after an unknown branch is refused`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let before = try #require(try group[0].log.vector().entries.first)
        var forged = Transaction(
            name: TransactionName(origin: Origin(rawValue: 99), sequence: 1), previous: before.name,
            stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "eve", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: 8), kind: "article",
                    fields: [FieldChange(field: "title", value: .text(Array("\"Forged\"".utf8)))])
            ])
        #expect(try group[0].apply([forged]).refused.map(\.name) == [forged.name])
        forged.previous = nil
        forged.root = before.origin
        #expect(try group[0].apply([forged]).refused.map(\.name) == [forged.name])
        #expect(try group[0].log.refusals().map(\.name) == [forged.name])
        #expect(try group[0].position == 1)
    }

    @Test func `branch starts beyond the limit are refused and none is written`() throws {
        let group = try Replicas(1)
        let many = (0...Limits.branchStarts).map { ChainHash(high: UInt128($0), low: 1) }
        #expect(throws: StorageError.self) { try group[0].log.join(branchStarts: many) }
        #expect(try group[0].log.branchStarts == [])
    }
}
