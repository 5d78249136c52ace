/// A hybrid logical clock's stamp (Kulkarni, Demirbas, Madappa, Avva, Leone: "Logical Physical Clocks", 2014):
/// Unix milliseconds × 2^16 plus a counter, which may carry into the milliseconds.
///
/// A stamp orders concurrent versions and shows people the time; it never decides what is kept.
public struct Stamp: Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The greatest stamp that a transaction may have, in the year 6429: what the store keeps as a signed integer.
    public static let last = Stamp(rawValue: UInt64(Int64.max))

    /// The first stamp of a millisecond since 1970. Times out of range are clamped, so that no clock, however wrong,
    /// makes a transaction that others refuse.
    public init(milliseconds: Int64) {
        rawValue = min(UInt64(clamping: milliseconds), Self.last.rawValue >> 16) << 16
    }

    public var milliseconds: Int64 { Int64(rawValue >> 16) }

    /// The next stamp on a clock that reads `milliseconds`: max(last + 1, now). The greatest stamp is followed by
    /// itself.
    public func next(nowMilliseconds milliseconds: Int64) -> Stamp {
        if self >= Self.last { return self }
        return max(Stamp(milliseconds: milliseconds), Stamp(rawValue: rawValue + 1))
    }

    /// The stamp corrected by a clock's known offset.
    public func corrected(offsetMilliseconds: Int64) -> Stamp {
        guard offsetMilliseconds != 0 else { return self }
        let moved = Int64(rawValue >> 16).subtractingReportingOverflow(offsetMilliseconds)
        let base = Stamp(
            milliseconds: moved.overflow ? (offsetMilliseconds < 0 ? .max : 0) : moved.partialValue)
        return Stamp(rawValue: base.rawValue | rawValue & 0xffff)
    }

    public static func < (left: Stamp, right: Stamp) -> Bool { left.rawValue < right.rawValue }
}
