internal import Glibc

/// What the store needs from the world and tests replace: a clock and randomness.
public struct Environment: Sendable {
    /// Unix time in milliseconds, as this machine believes it to be.
    public var nowMilliseconds: @Sendable () -> Int64
    /// As many unpredictable bytes as asked for.
    public var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    public init(
        nowMilliseconds: @escaping @Sendable () -> Int64,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.randomBytes = randomBytes
    }

    public static let system = Environment(
        nowMilliseconds: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        })
}
