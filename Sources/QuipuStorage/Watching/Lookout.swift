/// When to look into an archive after a notice that it is being written. The notice comes at the write, the commit is
/// seen only once that is on the disk, and nothing tells when: so one looks soon, and then later and later, for about
/// a second.
///
/// Times are milliseconds on any clock that never goes back.
public struct Lookout: Sendable {
    /// Before the first look: notices of a long write come in thousands.
    private static let firstDelay: Int64 = 1
    private static let longestDelay: Int64 = 512
    /// Where nothing is noticed for so long, a look is due all the same: there are file systems that tell nothing.
    private static let quietDelay: Int64 = 30_000
    /// The same where the system gives no notices.
    private static let blindDelay: Int64 = 1_000

    private let isBlind: Bool
    private var delay: Int64
    public private(set) var due: Int64

    public init(isBlind: Bool, now: Int64) {
        self.isBlind = isBlind
        delay = Self.firstDelay
        due = now
    }

    public mutating func noticed(at now: Int64) {
        delay = Self.firstDelay
        due = min(due, now + delay)
    }

    public mutating func looked(at now: Int64) {
        delay *= 2
        due = now + (isBlind ? Self.blindDelay : delay <= Self.longestDelay ? delay : Self.quietDelay)
        delay = min(delay, 2 * Self.longestDelay)
    }
}
