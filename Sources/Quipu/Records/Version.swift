internal import QuipuCausality

/// Names a transaction of the log, the same on every mirror: the replica that wrote it, and a sequence number.
///
/// Written as `<replica>:<number>`, which `init(_:)` reads again.
public struct Version: Hashable, Sendable, LosslessStringConvertible {
    let name: TransactionName

    init(_ name: TransactionName) { self.name = name }

    /// Nil if the text is not a valid `description`.
    public init?(_ description: String) {
        guard let name = TransactionName(description) else { return nil }
        self.name = name
    }

    /// Which replica wrote it, in 32 hexadecimal digits.
    public var replica: String { name.origin.hexadecimal }

    /// Counts what the replica wrote, from 1.
    public var number: UInt64 { name.sequence }

    public var description: String { name.description }

    /// For display: the first eight digits of the replica and the number. Other versions may have the same.
    public var short: String { "\(replica.prefix(8)):\(number)" }
}
