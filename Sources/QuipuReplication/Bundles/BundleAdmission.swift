internal import QuipuCausality
internal import QuipuStorage

/// Finds out which transactions of a bundle can be applied: those whose predecessors, and the versions that they name,
/// are here. The others wait for another bundle, and nothing is refused because of them.
struct BundleAdmission {
    private var held: [Origin: UInt64]
    /// Origins of which nothing is taken: their histories here and there are not the same.
    private(set) var diverged: Set<Origin>
    /// The chain hash after the last transaction of a diverged origin that was compared, and was the same.
    private var compared: [Origin: Vector.Entry] = [:]

    init(_ own: Vector, diverged: Set<Origin>) {
        held = [:]
        for entry in own.entries { held[entry.origin] = entry.sequence }
        self.diverged = diverged
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
            guard name.sequence == last + 1, transaction.namesOfOthers.allSatisfy(isHeld) else {
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
        !diverged.contains(name.origin) && held[name.origin] ?? 0 >= name.sequence
    }

    /// Looks for the first transaction of a diverged origin that is not the one that is here.
    ///
    /// - Returns: both chain hashes of that name, which begin two branches; empty if it is not among these.
    mutating func branchStarts(in transactions: [Transaction], of store: Store) throws -> [ChainHash] {
        for transaction in transactions where diverged.contains(transaction.name.origin) {
            let name = transaction.name
            guard let own = try store.log.entry(of: name)?.chain else { continue }
            let before: ChainHash?
            if name.sequence > 1 {
                guard let last = compared[name.origin], last.sequence == name.sequence - 1 else { continue }
                before = last.chain
            } else {
                before = try transaction.previous.flatMap { try store.log.entry(of: $0)?.chain }
                if transaction.previous != nil, before == nil { continue }
            }
            guard let theirs = try store.log.chain(of: transaction, after: before) else { continue }
            if theirs != own { return [own, theirs] }
            compared[name.origin] = Vector.Entry(origin: name.origin, sequence: name.sequence, chain: theirs)
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
