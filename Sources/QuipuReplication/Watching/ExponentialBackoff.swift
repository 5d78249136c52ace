/// The delay before the next attempt: twice as long after each failure, up to a minute, with jitter, so that clients
/// of one server do not all return at the same moment.
public struct ExponentialBackoff: Sendable {
    static let first: Int64 = 250
    static let longest: Int64 = 60_000
    /// The longest delay that a server may request.
    static let longestAsked: Int64 = 3_600_000

    private var failures = 0

    public init() {}

    /// Returns the milliseconds to wait after a failure.
    ///
    /// - Parameters:
    ///   - askedMilliseconds: the delay that the server requested, which is always waited for.
    ///   - random: uniformly distributed bits.
    public mutating func failed(askedMilliseconds: Int64? = nil, random: UInt64) -> Int64 {
        let ceiling = min(Self.longest, Self.first << Int64(min(failures, 20)))
        failures += 1
        // Between half of the ceiling and all of it.
        let delay = ceiling / 2 + Int64(random % UInt64(ceiling / 2 + 1))
        guard let askedMilliseconds else { return delay }
        let asked = min(max(0, askedMilliseconds), Self.longestAsked)
        return asked + delay / 4
    }

    public mutating func succeeded() { failures = 0 }
}
