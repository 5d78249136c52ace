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

    @Test func `a synchronised clock never moves, and tells the past itself`() {
        for meeting in Self.meetings {
            if meeting.caller.isSynchronized {
                #expect(!meeting.called.moves && meeting.called.authority == .own, "\(meeting)")
            }
            if meeting.answerer.isSynchronized {
                #expect(!meeting.answered.moves && meeting.answered.authority == .own, "\(meeting)")
            }
        }
    }

    @Test func `a caller far from a synchronised clock moves to it, and one far from any other does not`() {
        for meeting in Self.meetings
        where !meeting.caller.isSynchronized && meeting.caller.milliseconds >= Self.build {
            let evidence = meeting.answerer.isSynchronized && meeting.answerer.milliseconds >= Self.build
            #expect(meeting.called.moves == (evidence && meeting.isApart), "\(meeting)")
            #expect(meeting.called.authority == (evidence ? .peer : nil), "\(meeting)")
        }
    }

    @Test func `no caller moves the one that answers, nor its past, unless that reads before the build`() {
        for meeting in Self.meetings where !meeting.answerer.isSynchronized {
            let isImpossible =
                meeting.answerer.milliseconds < Self.build && meeting.caller.milliseconds >= Self.build
            #expect(meeting.answered.moves == (isImpossible && meeting.isApart), "\(meeting)")
            #expect(meeting.answered.authority == nil, "\(meeting)")
        }
    }

    @Test func `a clock from before the build moves to any that is not`() {
        for meeting in Self.meetings where meeting.isApart && !meeting.caller.isSynchronized {
            guard meeting.caller.milliseconds < Self.build else { continue }
            #expect(meeting.called.moves == (meeting.answerer.milliseconds >= Self.build), "\(meeting)")
        }
    }

    @Test func `one that moves is where the other is, and both never move at once`() {
        for meeting in Self.meetings {
            #expect(!(meeting.called.moves && meeting.answered.moves), "\(meeting)")
            guard meeting.called.moves else { continue }
            let (moved, overflow) = meeting.caller.milliseconds.subtractingReportingOverflow(
                meeting.called.differenceMilliseconds)
            #expect(overflow || moved == meeting.answerer.milliseconds || !meeting.isExact, "\(meeting)")
        }
    }

    @Test func `both sides say that they differ when neither moves, and only then`() {
        for meeting in Self.meetings {
            let moves = meeting.called.moves || meeting.answered.moves
            #expect(meeting.called.isUnsettled == (meeting.isApart && !moves), "\(meeting)")
            #expect(meeting.answered.isUnsettled == meeting.called.isUnsettled, "\(meeting)")
        }
    }
}
