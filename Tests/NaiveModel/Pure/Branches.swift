import QuipuCausality

/// Names are implied by the chains and the set of branch starts: the nearest branch start behind a transaction
/// (else its original origin), and the distance from there.
enum Branches {
    struct Link: Sendable {
        let chain: ChainHash
        /// Nil for the first transaction of its original origin.
        let previous: ChainHash?
        let origin: Origin
    }

    /// - Parameter log: every link after the one before it, as logs are.
    /// - Returns: the name of each; a link whose predecessor is missing from the log has none.
    static func names(of log: [Link], starts: Set<ChainHash>) -> [ChainHash: TransactionName] {
        var names: [ChainHash: TransactionName] = [:]
        for link in log {
            if starts.contains(link.chain) {
                names[link.chain] = TransactionName(origin: Origin(branchStart: link.chain), sequence: 1)
            } else if let previous = link.previous {
                guard let before = names[previous] else { continue }
                names[link.chain] = TransactionName(origin: before.origin, sequence: before.sequence + 1)
            } else {
                names[link.chain] = TransactionName(origin: link.origin, sequence: 1)
            }
        }
        return names
    }
}
