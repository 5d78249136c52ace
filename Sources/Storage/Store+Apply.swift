public import Causality
internal import SQLite

/// What came of a piece of transactions.
public struct ApplyOutcome: Sendable {
    public var appliedCount = 0
    /// Records that those applied change.
    public var appliedRecordCount = 0
    /// Transactions that were refused, each with what follows it in its origin.
    public var refused: [InvalidTransaction] = []

    public init() {}
}

extension Store {
    /// Applies transactions from elsewhere, all in one commit.
    ///
    /// A malformed one stops its own origin there, and what names it, and nothing else.
    /// - Parameter ends: chain ends that the sender claims; the piece is refused when one that is held then differs.
    public func apply(_ transactions: [Transaction], ends: [Vector.Entry] = []) throws -> ApplyOutcome {
        // A commit with nothing in it would still cost a sync of the disk.
        if transactions.isEmpty { return ApplyOutcome() }
        var refused: [InvalidTransaction] = []
        var stopped: Set<Origin> = []
        while true {
            do {
                return try writing { writer in
                    var outcome = ApplyOutcome()
                    outcome.refused = refused
                    for transaction in transactions where !stopped.contains(transaction.name.origin) {
                        guard try writer.apply(transaction) else { continue }
                        outcome.appliedCount += 1
                        outcome.appliedRecordCount += transaction.records.count
                    }
                    for claimed in ends where !stopped.contains(claimed.origin) {
                        if let held = try entry(of: claimed.name), held.chain != claimed.chain {
                            throw InvalidTransaction(
                                name: claimed.name, reason: "its chain is not the one that its sender holds")
                        }
                    }
                    return outcome
                }
            } catch let error as InvalidTransaction {
                // All was rolled back: once more without that origin.
                refused.append(error)
                guard let name = error.name, stopped.insert(name.origin).inserted else { throw error }
            }
        }
    }
}
