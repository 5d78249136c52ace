/// A comparison of the clocks of two replicas that exchange: which clock corrects itself, and which is believed about
/// earlier stamps.
///
/// A synchronized clock is right and is never corrected. Another clock is corrected by a synchronized peer's; a clock
/// that is before the program's build date is corrected by any peer's that is not. Otherwise neither is corrected:
/// either of two unsynchronized clocks can be wrong. A replica that answers is corrected by no caller unless it is
/// before the build date: callers must not be able to set its clock.
public struct ClockComparison: Equatable, Sendable {
    /// A clock before this time is certainly wrong: 2026-01-01T00:00:00Z, when this program did not exist yet. Moved
    /// forward with each release.
    public static let buildMilliseconds: Int64 = 1_767_225_600_000

    public enum Role: Sendable {
        /// It sent a message, and compares with the reply.
        case caller
        /// It answers a message, and compares with that.
        case answerer
    }

    /// Whose clock is right, also about earlier stamps.
    public enum Authority: Sendable {
        case own
        case peer
    }

    /// How far the replica's own clock is ahead of the peer's; clamped if it is out of range.
    public let differenceMilliseconds: Int64
    /// Whether the replica's own clock is corrected by the difference.
    public let moves: Bool
    /// Whether the two differ by more than the tolerance, and neither side is corrected.
    public let isUnsettled: Bool
    /// Nil if neither clock is known to be right.
    public let authority: Authority?

    /// - Parameters:
    ///   - own: the replica's own clock at the time of the peer's reading.
    ///   - other: the peer's clock, as it was sent.
    public init(own: ClockReading, other: ClockReading, as role: Role) {
        let (difference, overflow) = own.milliseconds.subtractingReportingOverflow(other.milliseconds)
        differenceMilliseconds = overflow ? (own.milliseconds < 0 ? .min : .max) : difference
        let isApart = differenceMilliseconds.magnitude > UInt64(Limits.clockToleranceMilliseconds)
        moves = isApart && Self.corrects(own, by: other, as: role)
        isUnsettled =
            isApart && !moves && !Self.corrects(other, by: own, as: role == .caller ? .answerer : .caller)
        if own.isSynchronized {
            authority = .own
        } else if role == .caller, other.isSynchronized, other.isPossible {
            authority = .peer
        } else {
            authority = nil
        }
    }

    /// Whether a clock that differs much from another is corrected by it.
    private static func corrects(_ one: ClockReading, by other: ClockReading, as role: Role) -> Bool {
        guard !one.isSynchronized, other.isPossible else { return false }
        return !one.isPossible || role == .caller && other.isSynchronized
    }
}

extension ClockReading {
    /// Whether it is after the program's build date.
    fileprivate var isPossible: Bool { milliseconds >= ClockComparison.buildMilliseconds }
}
