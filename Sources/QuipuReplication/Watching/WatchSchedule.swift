/// When a watching replica exchanges with a mirror, as a pure value: it takes events and returns the next action.
///
/// Times are milliseconds on a clock that also runs while the machine is suspended.
public struct WatchSchedule: Sendable {
    public enum Action: Sendable, Equatable {
        case exchange
        /// Wait until that time, or until the next event.
        case wait(until: Int64)
    }

    /// The polling interval where the server does not send events.
    static let asking: Int64 = 60_000
    /// The pause after a failure before an edit triggers another attempt.
    static let eager: Int64 = 1_000
    /// The longest pause between two exchanges under continuous writes.
    static let longestPause: Int64 = 250

    private var isDue = true
    private var isLinked = false
    private var notBefore: Int64
    private var ended: Int64
    private var hasFailed = false
    private var missesTexts = false
    private var backoff = ExponentialBackoff()

    public init(now: Int64) { (notBefore, ended) = (now, now) }

    /// The local archive was edited.
    public mutating func editedHere(at now: Int64) {
        isDue = true
        if hasFailed { notBefore = min(notBefore, max(now, ended + Self.eager)) }
    }

    /// The peer announced its state.
    ///
    /// - Parameters:
    ///   - theirs: nil if it announced only that there is something new.
    ///   - own: the local state.
    public mutating func heard(_ theirs: ArchiveMark?, holding own: ArchiveMark) {
        if theirs?.knowledgeHash != own.knowledgeHash || missesTexts { isDue = true }
    }

    /// The event stream is open: the server sends events, and is reachable.
    public mutating func linked(at now: Int64) {
        isLinked = true
        if hasFailed { notBefore = now }
    }

    public mutating func unlinked() { isLinked = false }

    public func next(at now: Int64) -> Action {
        let due = isDue ? notBefore : isLinked ? Int64.max : max(notBefore, ended + Self.asking)
        return due <= now ? .exchange : .wait(until: due)
    }

    /// An exchange begins; later events are a reason for another one.
    public mutating func began() { isDue = false }

    /// The exchange has ended.
    ///
    /// - Parameter took: its duration. The pause afterwards is as long, so that a burst of writes does not cause a
    ///   burst of messages.
    public mutating func exchanged(missesTexts: Bool, took: Int64, at now: Int64) {
        self.missesTexts = missesTexts
        hasFailed = false
        backoff.succeeded()
        ended = now
        notBefore = now + min(took, Self.longestPause)
    }

    /// The exchange failed, and may be retried.
    public mutating func failed(askedMilliseconds: Int64?, random: UInt64, at now: Int64) {
        isDue = true
        hasFailed = true
        ended = now
        notBefore = now + backoff.failed(askedMilliseconds: askedMilliseconds, random: random)
    }
}
