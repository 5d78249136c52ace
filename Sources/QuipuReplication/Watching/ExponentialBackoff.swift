/// How long to wait before the next attempt at what failed: longer each time, up to a minute, and never all at the same
/// moment, as those would who lost the same server.
public struct ExponentialBackoff: Sendable {
    static let first: Int64 = 250
    static let longest: Int64 = 60_000
    /// What a server may ask for at most.
    static let longestAsked: Int64 = 3_600_000

    private var failures = 0

    public init() {}

    /// Milliseconds to wait.
    ///
    /// - Parameters:
    ///   - askedMilliseconds: what the other side asked for, which is waited for in any case.
    ///   - random: uniform in all of its bits.
    public mutating func failed(askedMilliseconds: Int64? = nil, random: UInt64) -> Int64 {
        let ceiling = min(Self.longest, Self.first << Int64(min(failures, 20)))
        failures += 1
        // Between half of it and all of it.
        let delay = ceiling / 2 + Int64(random % UInt64(ceiling / 2 + 1))
        guard let askedMilliseconds else { return delay }
        let asked = min(max(0, askedMilliseconds), Self.longestAsked)
        return asked + delay / 4
    }

    public mutating func succeeded() { failures = 0 }
}
