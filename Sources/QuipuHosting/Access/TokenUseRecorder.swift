internal import Synchronization

/// Records when tokens were used, at most once a minute for each: a request must not cost a write.
final class TokenUseRecorder: Sendable {
    private static let intervalMilliseconds: Int64 = 60_000
    /// If more tokens than this are in use, their uses are recorded more often.
    private static let maximumCount = 4_096

    private let store: any TokenStore
    /// When each token's use was last recorded, or when that was last tried: a disk that cannot be written is not
    /// tried at every request.
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
        // A failure to record a use does not refuse the request.
        if isFirst { try? store.noteUse(of: token.id, atMilliseconds: now) }
    }
}
