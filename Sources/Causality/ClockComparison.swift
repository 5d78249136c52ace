/// Two clocks held against each other, as two replicas that meet do it.
public enum ClockComparison {
    /// A clock that reads less than this is surely wrong: 2026-01-01T00:00:00Z, when this program was not there yet.
    /// Moved forward with each release.
    public static let buildMilliseconds: Int64 = 1_767_225_600_000

    /// By how much a replica's clock is too high, if it is the one to move.
    ///
    /// Of two clocks that are more than the tolerance apart, one that reads before the program's build moves;
    /// of two that pass this test the later does. Both sides come to the same answer.
    /// - Parameters: readings in Unix milliseconds, less what earlier notes took off.
    /// - Returns: milliseconds to take off; nil when the clock stays.
    public static func excessMilliseconds(own: Int64, other: Int64) -> Int64? {
        guard other >= buildMilliseconds else { return nil }
        let (excess, overflow) = own.subtractingReportingOverflow(other)
        guard !overflow, excess.magnitude > UInt64(Limits.clockToleranceMilliseconds) else {
            return overflow ? (own < 0 ? .min : .max) : nil
        }
        if own >= buildMilliseconds, own < other { return nil }
        return excess
    }
}
