import Causality
import Replication
import Storage
import Support
import Testing

/// Clocks are measured at each meeting and corrected by notes. They decide nothing but which of several concurrent
/// values is shown.
@Suite struct ClockTests {
    private let day: Int64 = 24 * 3_600 * 1_000

    private func time(of title: String, at store: Store) throws -> Int64? {
        var found: Int64?
        try store.forEachLogEntry { entry in
            guard let change = entry.changes.first, let record = try store.view(change.id, kind: change.kind),
                record[change.field] == Array(title.utf8)
            else { return true }
            found = entry.timeMilliseconds
            return false
        }
        return found
    }

    private func notes(in store: Store) throws -> [ClockNote] {
        var found: [ClockNote] = []
        try store.forEachTransaction(after: 0) { transaction, _, _ in
            if let note = transaction.note { found.append(note) }
            return true
        }
        return found
    }

    @Test(arguments: [-400, 3, 4_000])
    func `a clock that is days off is corrected by a note, and time is shown right everywhere`(days: Int64)
        throws
    {
        let group = try Replicas(3)
        group.world.advance(milliseconds: 500 * day)
        let now = group.world.environment().nowMilliseconds()
        // Where both clocks could be right it is the later that moves, so an early one drags the others along.
        try group.setClock(of: 0, offsetMilliseconds: days * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try group.sync(1, 2).0.inSync)
        let expected = days > 0 ? now : now + days * day
        for store in group.stores {
            for title in ["\"A\"", "\"B\""] {
                let shown = try #require(try time(of: title, at: store))
                #expect(abs(shown - expected) < 60_000)
            }
            #expect(try abs(store.correctedNow() - expected) < 60_000)
            #expect(try store.verify().damaged == [])
        }
        #expect(try notes(in: group[2]).map { $0.spans.map(\.count) } == (days > 0 ? [[2]] : []))
    }

    @Test func `a clock from before this program was built moves although it is the earlier one`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 0, offsetMilliseconds: -20_000 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try notes(in: group[1]).count == 1)
        #expect(try abs(group[0].correctedNow() - group[1].correctedNow()) < day)
        #expect(try abs(#require(try time(of: "\"A\"", at: group[1])) - FakeWorld.startMilliseconds) < day)
    }

    @Test func `after a correction the later edit is shown, whatever the clocks said`() throws {
        let group = try Replicas(2)
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

    @Test func `a second note covers only what was written since the first`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        try group.setClock(of: 0, offsetMilliseconds: 90 * day)
        for _ in 0..<3 { try group.add([("title", "\"C\"")], id: 3, at: 0) }
        try group.add([("title", "\"D\"")], id: 3, at: 0)
        try group.sync(0, 1)
        // B was stamped by the corrected clock, and rightly; the note cannot know that and takes it along.
        #expect(try notes(in: group[1]).map { $0.spans.map(\.count) } == [[1], [3]])
        #expect(try notes(in: group[1]).map(\.offsetMilliseconds).map { ($0 + day / 2) / day } == [30, 60])
    }

    @Test func `a clock that was set right again is taken at its word`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.sync(0, 1)
        group.world.advance(milliseconds: 2 * day)
        try group.setClock(of: 0, offsetMilliseconds: 0)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        try group.sync(0, 1)
        let now = group.world.environment().nowMilliseconds()
        for store in group.stores { #expect(try abs(store.correctedNow() - now) < day) }
        #expect(try notes(in: group[1]).count == 1)
    }

    @Test func `clocks less than a day apart are left alone`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 0, offsetMilliseconds: day - 60_000)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try notes(in: group[1]).isEmpty)
    }

    @Test func `a mere inquiry moves no clock`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 1, offsetMilliseconds: 30 * day)
        let before = try group[1].correctedNow()
        _ = try Inquiry(over: try group.link(to: 1), environment: group.world.environment())
        #expect(try group[1].correctedNow() == before)
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max])
    func `a peer's clock may read anything`(reading: Int64) throws {
        let group = try Replicas(1)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group[0].compareClock(own: group[0].correctedNow(), other: reading)
        try group.add([("title", "\"B\"")], id: 1, at: 0)
        #expect(try group[0].verify().damaged == [])
    }
}
