package import QuipuReplication
internal import QuipuStorage
internal import Synchronization

/// Counts the new data that each token has sent since midnight (UTC), and limits it, so that nobody makes an archive
/// too large for others. It only delays: what is refused today is accepted tomorrow.
///
/// It is stored with the tokens: at once for rare items, and for every thousandth edit.
package final class DailyQuota: Sendable {
    /// More than a group of people with their machines, copies and years of reading needs.
    package static let allowance = QuotaAmount(origins: 64, branchStarts: 32, transactions: 200_000)
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let unsavedTransactions = 1_000
    /// Tokens that are cached; others are read again.
    private static let maximumCount = 4_096

    private struct Account {
        var day: Int64
        var used: QuotaAmount
        /// The part that is not stored yet.
        var unsaved = QuotaAmount()
    }

    private let store: any TokenStore
    private let nowMilliseconds: @Sendable () -> Int64
    private let accounts = Mutex<[TokenID: Account]>([:])

    package init(_ store: any TokenStore, nowMilliseconds: @escaping @Sendable () -> Int64) {
        self.store = store
        self.nowMilliseconds = nowMilliseconds
    }

    private var today: Int64 { nowMilliseconds() / Self.dayMilliseconds }

    /// The seconds until the quota is reset.
    var secondsLeftToday: Int {
        Int((Self.dayMilliseconds - nowMilliseconds() % Self.dayMilliseconds) / 1_000) + 1
    }

    /// The amount that a token may still send today.
    func left(to token: TokenID) throws -> QuotaAmount {
        let day = today
        if let known = accounts.withLock({ $0[token] }), known.day == day {
            return Self.allowance - known.used
        }
        let used = try store.charge(QuotaAmount(), to: token, onDay: day)
        return accounts.withLock { accounts in
            if accounts.count >= Self.maximumCount { accounts.removeAll() }
            // Another request may have been faster.
            if accounts[token]?.day != day { accounts[token] = Account(day: day, used: used) }
            return Self.allowance - (accounts[token]?.used ?? used)
        }
    }

    func note(_ taken: QuotaAmount, by token: TokenID) {
        if taken == QuotaAmount() { return }
        let day = today
        let due: QuotaAmount? = accounts.withLock { accounts in
            var account = accounts[token] ?? Account(day: day, used: QuotaAmount())
            if account.day != day { account = Account(day: day, used: QuotaAmount()) }
            account.used = account.used + taken
            account.unsaved = account.unsaved + taken
            let isDue =
                taken.origins > 0 || taken.branchStarts > 0
                || account.unsaved.transactions >= Self.unsavedTransactions
            let due = isDue ? account.unsaved : nil
            if isDue { account.unsaved = QuotaAmount() }
            accounts[token] = account
            return due
        }
        // A failure to store the count does not refuse edits. Other processes count too.
        guard let due, let total = try? store.charge(due, to: token, onDay: day) else { return }
        accounts.withLock { accounts in
            guard var account = accounts[token], account.day == day else { return }
            account.used = total + account.unsaved
            accounts[token] = account
        }
    }
}
