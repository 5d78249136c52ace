public import QuipuCausality

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

    /// A change by hand that replaces, neither directly nor through others, something that its own chain gave the field by
    /// hand before; nil when there is none. Such a transaction is none.
    public var ownVersionComplaint: String? {
        for transaction in transactions.values where transaction.isByHand {
            for change in transaction.changes {
                var replaced: Set<ChainHash> = []
                var open = Array(change.replaces)
                while let next = open.popLast() {
                    if !replaced.insert(next).inserted { continue }
                    let made = transactions[next]?.changes.first { $0.place == change.place }
                    open += made.map { Array($0.replaces) } ?? []
                }
                var before = transaction.previous.flatMap { transactions[$0] }
                while let own = before {
                    let isOfField = own.isByHand && own.changes.contains { $0.place == change.place }
                    if isOfField, !replaced.contains(own.chain) {
                        return "a change of \(change.place) leaves what its chain gave it before"
                    }
                    before = own.previous.flatMap { transactions[$0] }
                }
            }
        }
        return nil
    }
}
