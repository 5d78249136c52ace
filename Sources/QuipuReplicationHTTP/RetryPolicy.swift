internal import Glibc
internal import QuipuReplication

/// Whether and how long a client waits when a server asks it to retry later (`Retry-After`, RFC 9110, section
/// 10.2.3).
public struct RetryPolicy: Sendable {
    /// The total wait for one message.
    public var maximumSeconds = 120
    /// Called before each wait with its duration and the reason.
    public var onWait: @Sendable (_ seconds: Int, _ reason: String) -> Void = { _, _ in }
    /// Waits. A signal that ends the program ends the wait too.
    public var pause: @Sendable (_ seconds: Int) -> Void = { seconds in
        var left = timespec(tv_sec: seconds, tv_nsec: 0)
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }

    public init() {}

    /// - Returns: the seconds to wait; nil to give up.
    func seconds(after error: ReplicationError, status: Int, waited: Int) -> Int? {
        guard status == 429 || status == 503, let seconds = error.retryAfterSeconds else { return nil }
        // The server has already waited for an archive that is busy.
        guard error.code != .busy, max(1, seconds) <= maximumSeconds - waited else { return nil }
        return max(1, seconds)
    }
}
