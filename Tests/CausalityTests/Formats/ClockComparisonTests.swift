import Causality
import Testing

struct ClockComparisonTests {
    private static let build = ClockComparison.buildMilliseconds
    private static let day = Limits.clockToleranceMilliseconds
    private static let readings: [Int64] = [
        .min, -1, 0, build - 1, build, build + 1, build + day, build + day + 1, build + 30 * day, .max - 1,
        .max,
    ]

    @Test func `of two clocks at most one moves, and to where the other is`() {
        for first in Self.readings {
            for second in Self.readings {
                let moves = [
                    ClockComparison.excessMilliseconds(own: first, other: second),
                    ClockComparison.excessMilliseconds(own: second, other: first),
                ]
                #expect(moves.compactMap(\.self).count <= 1, "\(first) \(second)")
                if let excess = moves[0] {
                    // Apart by more than a number holds: it moves as far as it can.
                    let overflow = first.subtractingReportingOverflow(second).overflow
                    #expect(overflow || first - excess == second)
                }
            }
        }
    }

    @Test func `one moves exactly when they are more than a day apart and one of them can be right`() {
        for first in Self.readings {
            for second in Self.readings {
                let (difference, overflow) = first.subtractingReportingOverflow(second)
                let isApart = overflow || difference.magnitude > UInt64(Self.day)
                let moves =
                    ClockComparison.excessMilliseconds(own: first, other: second) != nil
                    || ClockComparison.excessMilliseconds(own: second, other: first) != nil
                #expect(moves == (isApart && max(first, second) >= Self.build), "\(first) \(second)")
            }
        }
    }
}
