public import Causality

extension NaiveArchive {
    /// The name of each transaction: the nearest branch start behind it, else its original origin, and the
    /// distance.
    public var names: [ChainHash: TransactionName] {
        var names: [ChainHash: TransactionName] = [:]
        for transaction in transactions.values {
            var first = transaction
            var distance: UInt64 = 1
            while !starts.contains(first.chain), let before = first.previous.flatMap({ transactions[$0] }) {
                first = before
                distance += 1
            }
            let origin = starts.contains(first.chain) ? Origin(branchStart: first.chain) : first.origin
            names[transaction.chain] = TransactionName(origin: origin, sequence: distance)
        }
        return names
    }

    /// For each origin the highest sequence, with its chain end.
    public var vector: Vector {
        var vector = Vector()
        for (chain, name) in names where vector.sequence(of: name.origin) < name.sequence {
            vector[name.origin] = Vector.Entry(origin: name.origin, sequence: name.sequence, chain: chain)
        }
        return vector
    }

    /// A name that two transactions claim, or one that is missing before another; nil when all is well.
    public var namingComplaint: String? {
        var claimed: [TransactionName: ChainHash] = [:]
        for (chain, name) in names {
            if claimed.updateValue(chain, forKey: name) != nil { return "two transactions claim \(name)" }
        }
        for name in claimed.keys where name.sequence > 1 {
            let before = TransactionName(origin: name.origin, sequence: name.sequence - 1)
            if claimed[before] == nil { return "\(name) is there and \(before) is not" }
        }
        return nil
    }
}
