/// A histogram of durations.
struct Histogram {
    /// Upper bounds in nanoseconds, inclusive; longer durations count in the last bucket only.
    static let boundsNanoseconds: [UInt64] = [
        500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
        250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000, 60_000_000_000,
    ]

    /// Counts by bucket, not cumulative; the last bucket is for durations above all bounds.
    private(set) var counts = [UInt64](repeating: 0, count: boundsNanoseconds.count + 1)
    private(set) var sumNanoseconds: UInt64 = 0

    mutating func note(_ nanoseconds: UInt64) {
        let bucket = Self.boundsNanoseconds.firstIndex { nanoseconds <= $0 } ?? Self.boundsNanoseconds.count
        counts[bucket] += 1
        sumNanoseconds &+= nanoseconds
    }
}
