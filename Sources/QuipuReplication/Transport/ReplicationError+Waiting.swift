extension ReplicationError {
    /// Whether the same attempt may succeed later without anybody's intervention: the network is down, a captive
    /// portal answers, or the server is restarting or overloaded.
    public var mayPassByWaiting: Bool {
        switch code {
        case .unreachable, .cut, .notQuipu, .busy, .malformed: true
        default: retryAfterSeconds != nil || Self.passing.contains(code.rawValue)
        }
    }

    /// Codes that only servers report.
    private static let passing: Set<String> = [
        "disk-full", "internal", "overloaded", "too-many-requests", "too-many-watchers",
    ]
}
