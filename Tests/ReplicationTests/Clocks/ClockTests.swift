import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Clocks are measured at each meeting and corrected by notes, where one of them is known to be right. They decide
/// nothing but which of several concurrent values is shown.
@Suite struct ClockTests: ClockScene {
    @Test(arguments: [-400, -2, 3, 4_000])
    func
        `a clock that is days from a synchronised one is corrected by a note, and time is shown right everywhere`(
            days: Int64
        ) throws
    {
        let group = try Replicas(3)
        group.world.advance(milliseconds: 500 * day)
        let now = group.world.environment().nowMilliseconds()
        try group.setClock(of: 0, offsetMilliseconds: days * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.add([("title", "\"B\"")], id: 2, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try group.sync(1, 2).0.inSync)
        for store in group.stores {
            for title in ["\"A\"", "\"B\""] {
                let shown = try #require(try time(of: title, at: store))
                #expect(abs(shown - now) < 60_000)
            }
            #expect(try isRight(store, in: group))
            #expect(try store.verify().damaged == [])
        }
        #expect(try outline(of: notes(in: group[2])) == ["\(days) days: 2"])
    }

    @Test(arguments: [-2, 3])
    func `two unsynchronised clocks do not move, and both sides report the difference`(days: Int64) throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 0, offsetMilliseconds: days * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        for (caller, answerer) in [(0, 1), (1, 0)] {
            let report = try group.sync(caller, answerer).0
            let difference = try #require(report.clockDifference)
            #expect(difference.milliseconds.signum() == (caller == 0 ? days : -days).signum())
            #expect(!difference.isPeerSynchronized)
            let told = try #require(try group[answerer].clock.callersDifference())
            #expect(told.milliseconds == -difference.milliseconds)
        }
        for store in group.stores {
            #expect(try store.clock.offset() == 0)
            #expect(try notes(in: store).isEmpty)
        }
    }

    @Test func `a recorded clock difference is removed once the clocks agree`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group[0].remotes.add(name: "origin", location: "there")
        try group.setClock(of: 1, offsetMilliseconds: 5 * day)
        try group[0].clock.noteDifference(group.sync(0, 1).0.clockDifference, remote: "origin")
        #expect(try group[0].clock.differences()["origin"] != nil)
        try group.setClock(of: 1)
        try group[0].clock.noteDifference(group.sync(0, 1).0.clockDifference, remote: "origin")
        #expect(try group[0].clock.differences().isEmpty)
        // A caller is remembered for a week.
        #expect(try group[1].clock.callersDifference() != nil)
        group.world.advance(milliseconds: 13 * day)
        #expect(try group[1].clock.callersDifference() == nil)
    }

    @Test(arguments: [false, true])
    func `an answering replica does not move its clock for a caller`(isCallerSynchronized: Bool) throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, offsetMilliseconds: 30 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 1)
        try group.setClock(of: 0, isSynchronized: isCallerSynchronized)
        let report = try group.sync(0, 1).0
        #expect(report.inSync && report.clockDifference != nil)
        #expect(try group[1].clock.offset() == 0)
        #expect(try notes(in: group[1]).isEmpty)
        #expect(try isRight(group[0], in: group))
    }

    @Test func `a synchronised clock never moves, even if it is wrong`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day, isSynchronized: true)
        try group.setClock(of: 1, isSynchronized: true)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        let report = try group.sync(0, 1).0
        #expect(report.clockDifference?.isPeerSynchronized == true)
        #expect(try group[0].clock.offset() == 0)
        #expect(try notes(in: group[1]).isEmpty)
    }

    @Test func `a clock that its owner trusts counts as synchronised`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 0, offsetMilliseconds: 30 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group[1].clock.trust(true)
        #expect(try group.sync(0, 1).0.clockDifference == nil)
        #expect(try isRight(group[0], in: group))
        #expect(try outline(of: notes(in: group[1])) == ["30 days: 1"])
        try group[1].clock.trust(false)
        #expect(try !group[1].clock.isTrusted)
    }

    @Test(arguments: [(0, 1), (1, 0)])
    func `a clock before the build date takes any peer's time and leaves its past unchanged`(
        caller: Int, answerer: Int
    ) throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: day)
        try group.setClock(of: 0, offsetMilliseconds: -20_000 * day)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        #expect(try group.sync(caller, answerer).0.inSync)
        #expect(try isRight(group[0], in: group))
        #expect(try notes(in: group[1]).isEmpty)
        // Nobody could say what time it was; a synchronised clock can, in the same boot.
        try group.setClock(of: 1, isSynchronized: true)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try outline(of: notes(in: group[1])) == ["-20000 days: 1"])
    }

    @Test func `a correction follows the clock when that is set in the same boot`() throws {
        let group = try Replicas(2)
        group.world.advance(milliseconds: 500 * day)
        try group.setClock(of: 1, isSynchronized: true)
        try group.setClock(of: 0, offsetMilliseconds: -30 * day)
        try group.sync(0, 1)
        for days in [0, 90, -400] as [Int64] {
            try group.setClock(of: 0, offsetMilliseconds: days * day)
            #expect(try isRight(group[0], in: group))
        }
        // In another boot nothing is known but that it was not turned back.
        try group.setClock(of: 0, offsetMilliseconds: -30 * day, boot: 3)
        #expect(try isRight(group[0], in: group))
        // A time server needs no correction, nor does what it leaves behind.
        try group.setClock(of: 0, boot: 4, isSynchronized: true)
        #expect(try isRight(group[0], in: group))
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.setClock(of: 0, boot: 5)
        #expect(try isRight(group[0], in: group))
    }

    @Test func `clocks less than a day apart are not corrected`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 1, isSynchronized: true)
        try group.setClock(of: 0, offsetMilliseconds: day - 60_000)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try notes(in: group[1]).isEmpty)
        #expect(try group[0].clock.offset() == 0)
    }

    @Test func `a handshake alone corrects no clock`() throws {
        let group = try Replicas(2)
        try group.setClock(of: 1, offsetMilliseconds: -30 * day)
        let before = try group[1].clock.correctedNow()
        _ = try Handshake(over: try group.link(to: 1), environment: group.world.environment())
        #expect(try group[1].clock.correctedNow() == before)
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max], [false, true])
    func `any reading of a peer's clock is handled`(reading: Int64, isSynchronized: Bool) throws {
        for role in [ClockComparison.Role.caller, .answerer] {
            let group = try Replicas(1)
            try group.add([("title", "\"A\"")], id: 1, at: 0)
            let peer = ClockReading(milliseconds: reading, isSynchronized: isSynchronized)
            try group[0].clock.compare(own: group[0].clock.correctedNow(), other: peer, as: role)
            try group.add([("title", "\"B\"")], id: 1, at: 0)
            #expect(try group[0].verify().damaged == [])
        }
    }
}
