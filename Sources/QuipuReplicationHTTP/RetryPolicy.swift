internal import Glibc
internal import QuipuReplication

/// How long a client waits where a server asks it to come later (`Retry-After`, RFC 9110, section 10.2.3).
public struct RetryPolicy: Sendable {
    /// For one message, in all.
    public var maximumSeconds = 120
    /// Is told before each wait: for how long, and why.
    public var onWait: @Sendable (_ seconds: Int, _ reason: String) -> Void = { _, _ in }
    /// Waits. A signal that ends the program ends this too.
    public var pause: @Sendable (_ seconds: Int) -> Void = { seconds in
        var left = timespec(tv_sec: seconds, tv_nsec: 0)
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }

    public init() {}

    /// - Returns: how long to wait; nil where it is of no use.
    func seconds(after error: ReplicationError, status: Int, waited: Int) -> Int? {
        guard status == 429 || status == 503, let seconds = error.retryAfterSeconds else { return nil }
        // An archive that is being written was waited for there already.
        guard error.code != .busy, max(1, seconds) <= maximumSeconds - waited else { return nil }
        return max(1, seconds)
    }
}
