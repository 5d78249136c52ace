/// Whether the next message may be made, or be under way, while the last one is still being dealt with.
public enum Pipelining: Sendable {
    /// One after the other.
    case none
    /// Next messages are made and sent early, and all of it on the caller's thread: for tests, whose world has only one.
    case onCallersThread
    /// Messages are under way on a thread of their own.
    case onOwnThread
}
