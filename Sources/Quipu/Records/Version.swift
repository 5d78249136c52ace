internal import QuipuCausality

/// Names a transaction of the log, the same on every mirror: which replica wrote it, and as its how many-eth.
///
/// Written as `<replica>:<number>`, which `init(_:)` reads again.
public struct Version: Hashable, Sendable, LosslessStringConvertible {
    let name: TransactionName

    init(_ name: TransactionName) { self.name = name }

    /// Nil for what `description` never is.
    public init?(_ description: String) {
        guard let name = TransactionName(description) else { return nil }
        self.name = name
    }

    /// Which replica wrote it, in 32 hexadecimal digits.
    public var replica: String { name.origin.hexadecimal }

    /// Counts what the replica wrote, from 1.
    public var number: UInt64 { name.sequence }

    public var description: String { name.description }

    /// For people: the first eight digits of the replica and the number. Others may have the same.
    public var short: String { "\(replica.prefix(8)):\(number)" }
}
