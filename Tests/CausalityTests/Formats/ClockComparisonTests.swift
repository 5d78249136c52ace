import QuipuCausality
import Testing

struct ClockComparisonTests {
    private static let build = ClockComparison.buildMilliseconds
    private static let day = Limits.clockToleranceMilliseconds
    private static let readings: [Int64] = [
        .min, -1, 0, build - 1, build, build + 1, build + day, build + day + 1, build + 30 * day, .max - 1,
        .max,
    ]

    private struct Meeting: CustomStringConvertible {
        let caller: ClockReading
        let answerer: ClockReading

        var called: ClockComparison { ClockComparison(own: caller, other: answerer, as: .caller) }
        var answered: ClockComparison { ClockComparison(own: answerer, other: caller, as: .answerer) }
        var isApart: Bool {
            let (difference, overflow) = caller.milliseconds.subtractingReportingOverflow(
                answerer.milliseconds)
            return overflow || difference.magnitude > UInt64(day)
        }
        /// They are apart by a number.
        var isExact: Bool {
            !caller.milliseconds.subtractingReportingOverflow(answerer.milliseconds).overflow
        }
        var description: String { "\(caller) calls \(answerer)" }
    }

    private static let meetings: [Meeting] = readings.flatMap { one in
        readings.flatMap { other in
            [(false, false), (false, true), (true, false), (true, true)].map { synchronized in
                Meeting(
                    caller: ClockReading(milliseconds: one, isSynchronized: synchronized.0),
                    answerer: ClockReading(milliseconds: other, isSynchronized: synchronized.1))
            }
        }
    }

    @Test func `a synchronised clock never moves and corrects its past by its own authority`() {
        for meeting in Self.meetings {
            if meeting.caller.isSynchronized {
                #expect(!meeting.called.moves && meeting.called.authority == .own, "\(meeting)")
            }
            if meeting.answerer.isSynchronized {
                #expect(!meeting.answered.moves && meeting.answered.authority == .own, "\(meeting)")
            }
        }
    }

    @Test func `a caller moves to a synchronised clock that is far away, and to no other clock`() {
        for meeting in Self.meetings
        where !meeting.caller.isSynchronized && meeting.caller.milliseconds >= Self.build {
            let evidence = meeting.answerer.isSynchronized && meeting.answerer.milliseconds >= Self.build
            #expect(meeting.called.moves == (evidence && meeting.isApart), "\(meeting)")
            #expect(meeting.called.authority == (evidence ? .peer : nil), "\(meeting)")
        }
    }

    @Test func `a caller moves the answering clock only if that reads before the build, and never its past`()
    {
        for meeting in Self.meetings where !meeting.answerer.isSynchronized {
            let isImpossible =
                meeting.answerer.milliseconds < Self.build && meeting.caller.milliseconds >= Self.build
            #expect(meeting.answered.moves == (isImpossible && meeting.isApart), "\(meeting)")
            #expect(meeting.answered.authority == nil, "\(meeting)")
        }
    }

    @Test func `a clock that reads before the build moves to any clock that does not`() {
        for meeting in Self.meetings where meeting.isApart && !meeting.caller.isSynchronized {
            guard meeting.caller.milliseconds < Self.build else { continue }
            #expect(meeting.called.moves == (meeting.answerer.milliseconds >= Self.build), "\(meeting)")
        }
    }

    @Test func `a clock that moves matches the other clock, and both never move at once`() {
        for meeting in Self.meetings {
            #expect(!(meeting.called.moves && meeting.answered.moves), "\(meeting)")
            guard meeting.called.moves else { continue }
            let (moved, overflow) = meeting.caller.milliseconds.subtractingReportingOverflow(
                meeting.called.differenceMilliseconds)
            #expect(overflow || moved == meeting.answerer.milliseconds || !meeting.isExact, "\(meeting)")
        }
    }

    @Test func `both sides report that the clocks differ exactly when neither moves`() {
        for meeting in Self.meetings {
            let moves = meeting.called.moves || meeting.answered.moves
            #expect(meeting.called.isUnsettled == (meeting.isApart && !moves), "\(meeting)")
            #expect(meeting.answered.isUnsettled == meeting.called.isUnsettled, "\(meeting)")
        }
    }
}
