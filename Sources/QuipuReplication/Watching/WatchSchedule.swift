/// When one who watches exchanges with a mirror, as a pure value: it is told what happened, and says what to do next.
///
/// Times are milliseconds on a clock that goes on while the machine sleeps.
public struct WatchSchedule: Sendable {
    public enum Action: Sendable, Equatable {
        case exchange
        /// Nothing until then, unless something happens.
        case wait(until: Int64)
    }

    /// Where news from the other side do not come by themselves, it is asked so often.
    static let asking: Int64 = 60_000
    /// An edit tries the link again after a failure, but not at once.
    static let eager: Int64 = 1_000
    /// While others write on and on, at most so long is waited between two exchanges.
    static let longestPause: Int64 = 250

    private var isDue = true
    private var isLinked = false
    private var notBefore: Int64
    private var ended: Int64
    private var hasFailed = false
    private var missesTexts = false
    private var backoff = ExponentialBackoff()

    public init(now: Int64) { (notBefore, ended) = (now, now) }

    /// Somebody wrote here.
    public mutating func editedHere(at now: Int64) {
        isDue = true
        if hasFailed { notBefore = min(notBefore, max(now, ended + Self.eager)) }
    }

    /// The other side said what it holds.
    ///
    /// - Parameters:
    ///   - theirs: nil if it only said that there is something new.
    ///   - own: what is held here.
    public mutating func heard(_ theirs: ArchiveMark?, holding own: ArchiveMark) {
        if theirs?.knowledgeHash != own.knowledgeHash || missesTexts { isDue = true }
    }

    /// News come by themselves from now on. Whoever can say so can be reached.
    public mutating func linked(at now: Int64) {
        isLinked = true
        if hasFailed { notBefore = now }
    }

    public mutating func unlinked() { isLinked = false }

    public func next(at now: Int64) -> Action {
        let due = isDue ? notBefore : isLinked ? Int64.max : max(notBefore, ended + Self.asking)
        return due <= now ? .exchange : .wait(until: due)
    }

    /// An exchange begins: what happens from here on is a reason for another.
    public mutating func began() { isDue = false }

    /// It came to its end.
    ///
    /// - Parameter took: how long. As long is paused, so that a burst of writes is not met with a storm of messages.
    public mutating func exchanged(missesTexts: Bool, took: Int64, at now: Int64) {
        self.missesTexts = missesTexts
        hasFailed = false
        backoff.succeeded()
        ended = now
        notBefore = now + min(took, Self.longestPause)
    }

    /// It failed, but not for ever.
    public mutating func failed(askedMilliseconds: Int64?, random: UInt64, at now: Int64) {
        isDue = true
        hasFailed = true
        ended = now
        notBefore = now + backoff.failed(askedMilliseconds: askedMilliseconds, random: random)
    }
}
