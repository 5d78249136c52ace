internal import QuipuCausality

/// What the simulation knows by itself of every transaction, apart from what any store says: who was told of it, and
/// what its author had when writing it.
struct Ledger {
    /// An edit by hand, as it was asked for.
    struct Edit {
        var step: Int
        var records: [RecordID]
        var kind: String
        /// By field.
        var values: [String: ValueHash]
    }

    private var numbers: [ChainHash: Int] = [:]
    private(set) var chains: [ChainHash] = []
    /// By transaction: what its author's log held.
    private(set) var had: [TransactionSet] = []
    private(set) var edits: [Int: Edit] = [:]
    /// What others sent, as they sent it.
    private(set) var foreign: [Int: Transaction] = [:]
    /// Transactions that somebody was told of.
    private(set) var acknowledged = TransactionSet()
    /// Those of them whose only disk was put back or lost: nobody can have them any more, though someone may yet.
    private(set) var forgiven = TransactionSet()
    /// Values whose texts may be nowhere for an honest reason: the only disk that had them was put back or lost, or
    /// the replica that named them never sent them.
    private(set) var lostTexts: Set<ValueHash> = []

    func number(of chain: ChainHash) -> Int? { numbers[chain] }

    /// - Parameter held: what the log holds that it was found in, up to there. The first log that shows a transaction
    ///   is its author's, so that is what its author had.
    mutating func number(of chain: ChainHash, foundBehind held: TransactionSet) -> Int {
        if let known = numbers[chain] { return known }
        numbers[chain] = chains.count
        chains.append(chain)
        had.append(held)
        return chains.count - 1
    }

    mutating func note(_ edit: Edit, at number: Int) { edits[number] = edit }

    mutating func note(foreign transaction: Transaction, at number: Int) {
        foreign[number] = transaction
        for change in transaction.records.flatMap(\.fields) where change.value.text == nil {
            lostTexts.insert(change.value.hash)
        }
    }

    mutating func noteLostTexts(_ values: some Sequence<ValueHash>) { lostTexts.formUnion(values) }

    /// Transactions from outside, whose authors had nothing.
    mutating func noteBlindAuthors(of numbers: [Int]) {
        for number in numbers { had[number] = TransactionSet() }
    }

    mutating func acknowledge(_ set: TransactionSet) { acknowledged.formUnion(set) }

    mutating func forgive(allBut held: TransactionSet) {
        for number in acknowledged.subtracting(held) { forgiven.insert(number) }
    }

    /// What a set lacks that it must have.
    func missing(from held: TransactionSet) -> [Int] {
        acknowledged.subtracting(held).filter { !forgiven.contains($0) }
    }

    /// A transaction in words.
    func describe(_ number: Int) -> String {
        edits[number].map { "the edit of step \($0.step)" }
            ?? "transaction \(chains[number].hexadecimal.prefix(8))"
    }

    func had(_ number: Int, _ other: Int) -> Bool { had[number].contains(other) }
}
