internal import QuipuCausality

/// Names a transaction of the log, the same on every mirror: the replica that wrote it, and a sequence number.
///
/// Written as `<replica>:<number>`, which `init(_:)` reads again.
public struct Version: Hashable, Sendable, LosslessStringConvertible {
    /// Not one number of 128 bits, for the reason that `RecordID` gives.
    private let high: UInt64
    private let low: UInt64
    /// Counts what the replica wrote, from 1.
    public let number: UInt64

    init(_ name: TransactionName) {
        high = UInt64(truncatingIfNeeded: name.origin.rawValue >> 64)
        low = UInt64(truncatingIfNeeded: name.origin.rawValue)
        number = name.sequence
    }

    /// Nil if the text is not a valid `description`.
    public init?(_ description: String) {
        guard let name = TransactionName(description) else { return nil }
        self.init(name)
    }

    var name: TransactionName {
        TransactionName(origin: Origin(rawValue: UInt128(high) << 64 | UInt128(low)), sequence: number)
    }

    /// Which replica wrote it, in 32 hexadecimal digits.
    public var replica: String { name.origin.hexadecimal }

    public var description: String { name.description }

    /// For display: the first eight digits of the replica and the number. Other versions may have the same.
    public var short: String { "\(replica.prefix(8)):\(number)" }
}
