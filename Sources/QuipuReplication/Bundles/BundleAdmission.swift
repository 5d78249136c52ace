internal import QuipuCausality
internal import QuipuStorage

/// Finds out which transactions of a bundle can be applied: those whose predecessors, and the versions that they name,
/// are here. The others wait for another bundle, and nothing is refused because of them.
struct BundleAdmission {
    private var held: [Origin: UInt64]
    /// Origins of which nothing is taken: their histories here and there are not the same.
    private(set) var diverged: Set<Origin>
    /// Origins of which nothing is taken: whether their histories are the same cannot be told from what was readable.
    private var left: Set<Origin> = []
    /// By origin the last transaction up to which its history is proved to be the same here and there.
    private var proven: [Origin: UInt64] = [:]

    /// - Parameter told: entries of the sender, which are compared with those here.
    init(_ own: Vector, told: [Divergence.Fact] = []) {
        held = [:]
        for entry in own.entries { held[entry.origin] = entry.sequence }
        diverged = Set(told.filter(\.differs).map(\.theirs.origin))
        for fact in told where fact.own == fact.theirs.chain { prove(fact.theirs.name) }
    }

    /// Notes that a transaction, and so all before it, is the same here and there.
    mutating func prove(_ name: TransactionName) {
        proven[name.origin] = max(proven[name.origin] ?? 0, name.sequence)
    }

    /// Origins of which these go on after something that may not be what is here.
    func unproven(_ admitted: [Transaction]) -> Set<Origin> {
        var known: Set<Origin> = []
        var found: Set<Origin> = []
        for transaction in admitted where known.insert(transaction.name.origin).inserted {
            if !isProven(before: transaction.name) { found.insert(transaction.name.origin) }
        }
        return found
    }

    /// Takes nothing of some origins any more.
    /// - Parameter areOthers: whether their histories are known not to be the same; otherwise that cannot be told.
    mutating func leave(_ origins: Set<Origin>, areOthers: Bool, own: Vector) {
        if areOthers { diverged.formUnion(origins) } else { left.formUnion(origins) }
        reset(to: own)
    }

    /// - Returns: those that are new and can be applied, in their order; and whether anything new must wait.
    mutating func admit(_ transactions: [Transaction]) -> (admitted: [Transaction], leavesSome: Bool) {
        var admitted: [Transaction] = []
        var leavesSome = false
        for transaction in transactions {
            let name = transaction.name
            let last = held[name.origin] ?? 0
            if diverged.contains(name.origin) {
                leavesSome = true
                continue
            }
            if name.sequence <= last { continue }
            guard name.sequence == last + 1, !left.contains(name.origin),
                transaction.namesOfOthers.allSatisfy(isHeld)
            else {
                leavesSome = true
                continue
            }
            held[name.origin] = name.sequence
            admitted.append(transaction)
        }
        return (admitted, leavesSome)
    }

    /// Starts again from what is here, after something admitted was not applied.
    mutating func reset(to own: Vector) {
        held = [:]
        for entry in own.entries { held[entry.origin] = entry.sequence }
    }

    private func isHeld(_ name: TransactionName) -> Bool {
        held[name.origin] ?? 0 >= name.sequence && isUndisputed(name)
    }

    private func isUndisputed(_ name: TransactionName) -> Bool {
        !diverged.contains(name.origin) || proven[name.origin] ?? 0 >= name.sequence
    }

    private func isProven(before name: TransactionName) -> Bool {
        proven[name.origin] ?? 0 >= name.sequence - 1
    }

    /// Looks for the first transaction that is not the one that is here under its name.
    ///
    /// - Parameter ends: where the sender's chains stand after these.
    /// - Returns: both chain hashes of that name, which begin two branches; empty if it is not among these.
    mutating func branchStarts(in transactions: [Transaction], ends: [Vector.Entry], of store: Store) throws
        -> [ChainHash]
    {
        for fact in try Divergence.facts(ends, in: store) where fact.own != nil {
            if fact.differs { diverged.insert(fact.theirs.origin) } else { prove(fact.theirs.name) }
        }
        for transaction in transactions {
            let name = transaction.name
            if proven[name.origin] ?? 0 >= name.sequence || !isProven(before: name) { continue }
            // What it names must mean the same, or its chain hash would be one that nobody has.
            guard transaction.namesOfOthers.allSatisfy(isUndisputed),
                let own = try store.log.entry(of: name)?.chain
            else { continue }
            let previous =
                name.sequence > 1
                ? TransactionName(origin: name.origin, sequence: name.sequence - 1) : transaction.previous
            let before = try previous.flatMap { try store.log.entry(of: $0)?.chain }
            if previous != nil, before == nil { continue }
            guard let theirs = try store.log.chain(of: transaction, after: before) else { continue }
            if theirs != own { return [own, theirs] }
            prove(name)
        }
        return []
    }
}

extension Transaction {
    /// The transactions whose chain hashes its own covers, its predecessor's apart.
    fileprivate var namesOfOthers: [TransactionName] {
        var names = observed
        if let previous { names.append(previous) }
        for record in records { for change in record.fields { names += change.replaces } }
        if let note { names += note.spans.map(\.last) }
        return names
    }
}

extension Log {
    /// The chain hash of a transaction; nil where it names one that is not here.
    fileprivate func chain(of transaction: Transaction, after previous: ChainHash?) throws -> ChainHash? {
        struct NotHere: Error {}
        do {
            return try ChainHash(of: transaction, after: previous) { (name) throws(any Error) in
                guard let entry = try entry(of: name) else { throw NotHere() }
                return entry.chain
            }
        } catch is NotHere {
            return nil
        }
    }
}
