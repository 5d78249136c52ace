/// An archive's id. Random.
public struct ArchiveID: Identifier16 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// The identity under which a replica writes: the hash of an Ed25519 public key or, after a branch start, the first
/// sixteen bytes of that transaction's chain hash.
public struct Origin: Identifier16 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }

    /// The origin that a branch start implies.
    public init(branchStart chain: ChainHash) { self.init(rawValue: chain.high) }
}

/// A record's id. With the kind it identifies the record.
public struct RecordID: Identifier16 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// The key of a version, equal for twins. Digests and ties use it, since it does not depend on names.
public struct VersionKey: Identifier16 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// The hash of a transaction and, through its predecessor, of all earlier ones of its author.
public struct ChainHash: Hash32 {
    public let high: UInt128
    public let low: UInt128
    public init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }
}

/// A value's canonical JSON text: plain BLAKE2b-256, so that `b2sum -l 256` agrees.
public struct ValueHash: Hash32 {
    public let high: UInt128
    public let low: UInt128
    public init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    public init(of canonicalText: some Collection<UInt8>) {
        (high, low) = BLAKE2b.hash32(canonicalText)
    }
}

/// The name of a transaction, and of each version it made.
public struct TransactionName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let origin: Origin
    /// Counts 1, 2, 3… without gaps.
    public let sequence: UInt64

    public init(origin: Origin, sequence: UInt64) {
        self.origin = origin
        self.sequence = sequence
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.origin, left.sequence) < (right.origin, right.sequence)
    }

    /// `<origin in hexadecimal>:<sequence>`.
    public var description: String { "\(origin.hexadecimal):\(sequence)" }

    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let origin = Origin(hexadecimal: String(parts[0])),
            let sequence = UInt64(parts[1]), sequence > 0
        else { return nil }
        self.init(origin: origin, sequence: sequence)
        // One text for one name: lower case, no sign, no leading zeros.
        guard description.utf8.elementsEqual(text.utf8) else { return nil }
    }
}
