internal import QuipuCBOR

/// A version vector: for each origin the highest sequence held, with its chain end.
public struct Vector: Sendable, Equatable {
    public struct Entry: Sendable, Hashable {
        public let origin: Origin
        public let sequence: UInt64
        public let chain: ChainHash

        public init(origin: Origin, sequence: UInt64, chain: ChainHash) {
            self.origin = origin
            self.sequence = sequence
            self.chain = chain
        }

        public var name: TransactionName { TransactionName(origin: origin, sequence: sequence) }
    }

    private var byOrigin: [Origin: Entry]

    public init(_ entries: some Sequence<Entry> = []) {
        byOrigin = [:]
        for entry in entries { byOrigin[entry.origin] = entry }
    }

    public subscript(origin: Origin) -> Entry? {
        get { byOrigin[origin] }
        set { byOrigin[origin] = newValue }
    }

    /// Sorted by origin.
    public var entries: [Entry] { byOrigin.values.sorted { $0.origin < $1.origin } }

    public var count: Int { byOrigin.count }

    /// The highest sequence held of an origin; 0 for none.
    public func sequence(of origin: Origin) -> UInt64 { byOrigin[origin]?.sequence ?? 0 }

    public func contains(_ name: TransactionName) -> Bool { sequence(of: name.origin) >= name.sequence }

    /// Equal if and only if the vectors are: BLAKE2b-128 over the sorted entries as deterministic CBOR.
    public var hash: UInt128 {
        var writer = CBORWriter(capacityBytes: 64 * count)
        for entry in entries {
            writer.identifier(entry.origin)
            writer.unsigned(entry.sequence)
            writer.hash(entry.chain)
        }
        return BLAKE2b.hash16(writer.bytes)
    }
}
