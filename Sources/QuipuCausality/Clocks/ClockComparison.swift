/// Two clocks held against each other, as two replicas that meet do it: which of them corrects itself, and which is
/// believed about what was written before.
///
/// A synchronised clock is right and never moves. One that is not corrects itself by a synchronised peer's; one that
/// reads before the program's build corrects itself by any peer's that does not. Otherwise nobody moves: of two
/// clocks that nobody vouches for, either can be wrong. A replica that answers corrects itself for no caller unless it
/// reads before the build: whoever may write to it must not be able to set its clock.
public struct ClockComparison: Equatable, Sendable {
    /// A clock that reads less than this is surely wrong: 2026-01-01T00:00:00Z, when this program was not there yet.
    /// Moved forward with each release.
    public static let buildMilliseconds: Int64 = 1_767_225_600_000

    public enum Role: Sendable {
        /// It sent a message and compares with the reply.
        case caller
        /// It compares with the message that it answers.
        case answerer
    }

    /// Whose clock tells what the time is, also for what was written before.
    public enum Authority: Sendable {
        case own
        case peer
    }

    /// By how much the replica's own clock is ahead of the peer's; clamped where that is no number.
    public let differenceMilliseconds: Int64
    /// Whether the replica's own clock is to be put back by the difference.
    public let moves: Bool
    /// Whether the two differ by more than the tolerance and neither side corrects itself.
    public let isUnsettled: Bool
    /// Nil where neither clock is known to be right.
    public let authority: Authority?

    /// - Parameters:
    ///   - own: the replica's own clock at the moment of the peer's reading.
    ///   - other: the peer's clock, as it was told.
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

    /// Whether one that is far from another corrects itself by it.
    private static func corrects(_ one: ClockReading, by other: ClockReading, as role: Role) -> Bool {
        guard !one.isSynchronized, other.isPossible else { return false }
        return !one.isPossible || role == .caller && other.isSynchronized
    }
}

extension ClockReading {
    /// Not before the program was built.
    fileprivate var isPossible: Bool { milliseconds >= ClockComparison.buildMilliseconds }
}
