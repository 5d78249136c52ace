/// Whether the next message may be prepared or sent while the reply to the last one is still being processed.
public enum Pipelining: Sendable {
    /// One message after the other.
    case none
    /// The next message is prepared and sent early, all on the caller's thread: for tests, whose world has only one.
    case onCallersThread
    /// Messages are sent on their own thread.
    case onOwnThread
}
