internal import QuipuCausality
internal import QuipuStorage

/// The amount of new data in a message, or a quota for it.
public struct QuotaAmount: Sendable, Equatable {
    public var origins: Int
    public var branchStarts: Int
    public var transactions: Int

    public init(origins: Int = 0, branchStarts: Int = 0, transactions: Int = 0) {
        self.origins = origins
        self.branchStarts = branchStarts
        self.transactions = transactions
    }

    public static func + (left: QuotaAmount, right: QuotaAmount) -> QuotaAmount {
        QuotaAmount(
            origins: left.origins + right.origins, branchStarts: left.branchStarts + right.branchStarts,
            transactions: left.transactions + right.transactions)
    }

    public static func - (left: QuotaAmount, right: QuotaAmount) -> QuotaAmount {
        QuotaAmount(
            origins: left.origins - right.origins, branchStarts: left.branchStarts - right.branchStarts,
            transactions: left.transactions - right.transactions)
    }
}

/// The transactions of a message that a quota admits: the first ones. They are in causal order, so the rest depends
/// on nothing outside of it and the admitted ones.
struct AdmittedTransactions {
    let transactions: [Transaction]
    /// The new data in them.
    private(set) var taken = QuotaAmount()

    /// - Parameter allowed: nil to admit all.
    /// - Throws: `ReplicationError.dailyLimit` if not even the first new transaction is admitted.
    init(of transactions: [Transaction], within allowed: QuotaAmount?, in store: Store) throws {
        guard let allowed else {
            self.transactions = transactions
            return
        }
        var ends: [Origin: UInt64] = [:]
        for (index, transaction) in transactions.enumerated() {
            let name = transaction.name
            let isKnown = try ends[name.origin] != nil || store.log.holds(name.origin)
            let end = try ends[name.origin] ?? store.log.sequence(of: name.origin)
            ends[name.origin] = max(end, name.sequence)
            if name.sequence <= end { continue }
            let isFull = taken.transactions >= allowed.transactions
            if isFull || !isKnown && taken.origins >= allowed.origins {
                if taken.transactions == 0 {
                    throw ReplicationError(dailyLimitOn: isFull ? "edits" : "replicas that write here")
                }
                self.transactions = Array(transactions.prefix(index))
                return
            }
            taken.transactions += 1
            if !isKnown { taken.origins += 1 }
        }
        self.transactions = transactions
    }
}

extension ReplicationError {
    /// - Parameter things: the name of what exceeded the quota.
    init(dailyLimitOn things: String) {
        self.init(
            .dailyLimit, "this token has reached today's limit for new \(things)",
            hint: """
                nothing is lost, and what others wrote still comes; the rest is taken tomorrow, or at once with a token \
                of the archive's owner
                """)
    }
}
