import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// What a clock note covers: what its own writer wrote in the present boot, by what the clock was off by then.
@Suite struct ClockNoteTests: ClockScene {
    @Test func `edits made under a right clock are not corrected when the clock is wrong at the exchange`()
        throws
    {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.setClock(of: 0, offsetMilliseconds: 400 * day)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try outline(of: notes(in: group[1])) == ["400 days: 1"])
        let now = group.world.environment().nowMilliseconds()
        for title in ["\"A\"", "\"B\""] {
            #expect(try abs(#require(try time(of: title, at: group[1])) - now) < 60_000)
        }
    }

    @Test func `edits made under a wrong clock are corrected even if it was set right before the exchange`()
        throws
    {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        for (id, days) in zip(1..., [30, 30, -90, 7] as [Int64]) {
            try group.setClock(of: 0, offsetMilliseconds: days * day)
            try group.add([("title", "\"A\"")], id: UInt128(id), at: 0)
        }
        try group.setClock(of: 0)
        #expect(try group.sync(0, 1).0.inSync)
        let noted = try outline(of: notes(in: group[1]))
        #expect(noted == ["-90 days: 1", "7 days: 1", "30 days: 2"])
    }

    @Test func `edits from an earlier boot are not corrected`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day, boot: 1)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day, boot: 2)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try outline(of: notes(in: group[1])) == ["30 days: 1"])
        #expect(try isRight(group[0], in: group))
    }

    @Test func `a machine that became synchronised corrects its own past by its own clock`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 0, offsetMilliseconds: -40 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.setClock(of: 0, isSynchronized: true)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try outline(of: notes(in: group[1])) == ["-40 days: 1"])
    }

    @Test func `the edits of a synchronised machine are never corrected`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 0, isSynchronized: true)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.setClock(of: 0)
        try group.setClock(of: 1, offsetMilliseconds: 30 * day, isSynchronized: true)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try notes(in: group[1]).isEmpty)
    }

    @Test func `a synchronised peer confirms earlier edits, and later notes leave them unchanged`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        // Somebody whose time server is wrong says otherwise.
        try group.setClock(of: 1, offsetMilliseconds: 30 * day, isSynchronized: true)
        try group.sync(0, 1)
        #expect(try outline(of: notes(in: group[1])) == ["-30 days: 1"])
    }

    @Test func `the later edit is shown after a correction, whatever the clocks read`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.add([("title", "\"Start\"")], id: 1, at: 1)
        try group.sync(0, 1)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day)
        try group.add([("title", "\"Earlier, stamped in the future\"")], id: 1, at: 0)
        group.world.advance(milliseconds: 3_600_000)
        try group.add([("title", "\"Later\"")], id: 1, at: 1)
        #expect(try group.sync(0, 1).0.inSync)
        for store in group.stores {
            let record = try #require(try store.view(RecordID(rawValue: 1), kind: "article"))
            #expect(record.string("title") == "Later")
            #expect(try store.openConflicts == 1)
        }
    }

    @Test func `a copy that continues on its own corrects nothing of the chain that it left`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        let copy = try group.copy(0, offsetMilliseconds: 30 * day)
        // The copy learns that its chain went on elsewhere, and leaves it.
        try group.add([("title", "\"A again\"")], id: 1, at: 0)
        try group.sync(copy, 0)
        try group.add([("title", "\"B\"")], id: 2, at: copy)
        #expect(try group.sync(copy, 1).0.inSync)
        #expect(try outline(of: notes(in: group[1])) == ["30 days: 1"])
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try outline(of: notes(in: group[1])) == ["30 days: 1", "30 days: 2"])
    }

    @Test func `a clock note does not apply to the edits of others`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        let victim = try #require(try group[0].log.vector().entries.first).name
        let before = try time(of: "\"A\"", at: group[0])
        let origin = Origin(rawValue: 77)
        func forged(_ sequence: UInt64, _ spans: [ClockNote.Span]) -> Transaction {
            Transaction(
                name: TransactionName(origin: origin, sequence: sequence),
                stamp: Stamp(milliseconds: group.world.environment().nowMilliseconds()), author: "eve",
                isByProgram: true, records: [],
                note: spans.isEmpty ? nil : ClockNote(offsetMilliseconds: 7_000 * day, spans: spans))
        }
        let first = TransactionName(origin: origin, sequence: 1)
        let outcome = try group[0].apply([
            forged(1, []), forged(2, [.init(last: victim, count: 1), .init(last: first, count: 1)]),
        ])
        // It is taken as it is, so that nobody has another log.
        #expect(outcome.appliedCount == 2 && outcome.refused.isEmpty)
        #expect(try time(of: "\"A\"", at: group[0]) == before)
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try time(of: "\"A\"", at: group[1]) == before)
        // Of its own chain it is believed.
        var times: [TransactionName: Int64] = [:]
        try group[1].log.forEachEntry { entry in
            times[entry.version] = entry.timeMilliseconds
            return true
        }
        let now = group.world.environment().nowMilliseconds()
        #expect(try #require(times[first]) < now - 6_000 * day)
        #expect(try group[1].verify().damaged == [])
        _ = try group[1].repair()
        #expect(try time(of: "\"A\"", at: group[1]) == before)
    }
}
