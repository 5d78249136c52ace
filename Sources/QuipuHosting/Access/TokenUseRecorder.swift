internal import Synchronization

/// Notes when tokens were used, each at most once a minute: a request must not cost a write.
final class TokenUseRecorder: Sendable {
    private static let intervalMilliseconds: Int64 = 60_000
    /// More tokens in use at a time than this are noted more often.
    private static let maximumCount = 4_096

    private let store: any TokenStore
    /// When each was noted last, or tried to: a disk that cannot be written is not tried at every request.
    private let noted = Mutex<[TokenID: Int64]>([:])

    init(_ store: any TokenStore) { self.store = store }

    func note(_ token: AccessToken, atMilliseconds now: Int64) {
        func isRecent(_ time: Int64?) -> Bool {
            time.map { abs(now - $0) < Self.intervalMilliseconds } ?? false
        }
        if isRecent(token.lastUsedAt) { return }
        let isFirst = noted.withLock { noted in
            if isRecent(noted[token.id]) { return false }
            if noted.count >= Self.maximumCount { noted.removeAll() }
            noted[token.id] = now
            return true
        }
        // Nobody is kept out because it could not be noted that they came.
        if isFirst { try? store.noteUse(of: token.id, atMilliseconds: now) }
    }
}
