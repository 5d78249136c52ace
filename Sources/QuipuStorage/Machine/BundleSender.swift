/// The number of a bundle: it counts within an incarnation of its sender.
public struct BundleNumber: Sendable, Equatable {
    /// Random, drawn again when the sender finds that it was restored to an earlier state.
    public var incarnation: UInt128
    public var counter: UInt64

    public init(incarnation: UInt128, counter: UInt64) {
        self.incarnation = incarnation
        self.counter = counter
    }

    /// Whether what a bundle of this number tells takes the place of what another told.
    public func replaces(_ other: BundleNumber) -> Bool {
        incarnation != other.incarnation || counter > other.counter
    }
}

/// Somebody whose bundles are accepted, and what the last of them told.
public struct BundleSender: Sendable, Equatable {
    /// The Ed25519 public key.
    public var key: [UInt8]
    /// As the sender is called in its last bundle.
    public var name: String
    public var number: BundleNumber
    /// Unix milliseconds, by the sender's clock.
    public var madeAtMilliseconds: Int64
    /// What it held and lacked, encoded by who reads bundles; empty if that is not known.
    public var told: [UInt8]

    public init(
        key: [UInt8], name: String, number: BundleNumber, madeAtMilliseconds: Int64, told: [UInt8]
    ) {
        self.key = key
        self.name = name
        self.number = number
        self.madeAtMilliseconds = madeAtMilliseconds
        self.told = told
    }
}
