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
            // Eight bytes a call of the kernel.
            var generator = SystemRandomNumberGenerator()
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 8)
            while bytes.count < count {
                withUnsafeBytes(of: generator.next() as UInt64) { bytes.append(contentsOf: $0) }
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        })
}
