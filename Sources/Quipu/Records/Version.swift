internal import QuipuCausality

/// Names a transaction of the log, the same on every mirror: which replica wrote it, and as its how many-eth.
public struct Version: Hashable, Sendable, CustomStringConvertible {
    let name: TransactionName

    init(_ name: TransactionName) { self.name = name }

    public var description: String { name.description }
}
