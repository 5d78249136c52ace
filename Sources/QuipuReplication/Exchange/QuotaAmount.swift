internal import QuipuCausality
internal import QuipuStorage

/// What a message brings that an archive does not hold yet, or how much of that may be brought.
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

/// The transactions of a message that are taken now: the first of them, up to a bound. Their order is causal, so what is
/// left for later hangs on nothing else than that.
struct AdmittedTransactions {
    let transactions: [Transaction]
    /// What of these was not held.
    private(set) var taken = QuotaAmount()

    /// - Parameter allowed: nil for all.
    /// - Throws: `ReplicationError.dailyLimit` where not even the first that is new may be taken.
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
    /// - Parameter things: what there were too many new ones of.
    init(dailyLimitOn things: String) {
        self.init(
            .dailyLimit, "this token has brought as many new \(things) today as one may",
            hint: """
                nothing is lost, and what others wrote still comes; the rest is taken tomorrow, or at once with a token \
                of the archive's owner
                """)
    }
}
