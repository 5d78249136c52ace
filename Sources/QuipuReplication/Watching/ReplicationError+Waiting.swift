extension ReplicationError {
    /// Whether the same attempt may succeed later though nobody does anything about it: the network is away, a hotel's
    /// log-in page answers, the server is being started anew or has too much to do.
    public var mayPassByWaiting: Bool {
        switch code {
        case .unreachable, .cut, .notQuipu, .busy, .malformed: true
        default: retryAfterSeconds != nil || Self.passing.contains(code.rawValue)
        }
    }

    /// Words of problems that only servers have.
    private static let passing: Set<String> = [
        "disk-full", "internal", "overloaded", "too-many-requests", "too-many-watchers",
    ]
}
