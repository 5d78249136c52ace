/// What a replica knows: its vector, and the branch starts under which the vector's names are told.
///
/// Names mean the same to two replicas only when both have the same branch starts; so these are part of what
/// is compared, and nothing is exchanged before they have been joined.
public struct Knowledge: Sendable, Equatable {
    public var vector: Vector
    public var branchStarts: Set<ChainHash>

    public init(vector: Vector = Vector(), branchStarts: Set<ChainHash> = []) {
        self.vector = vector
        self.branchStarts = branchStarts
    }

    /// Equal exactly when what is known is: BLAKE2b-128 over the vector's hash and the sorted branch starts as
    /// deterministic CBOR; without branch starts the vector's own hash.
    public var hash: UInt128 {
        if branchStarts.isEmpty { return vector.hash }
        var writer = CBORWriter(capacityBytes: 64 + 34 * branchStarts.count)
        writer.text("quipu knowledge 1")
        writer.byteString(withUnsafeBytes(of: vector.hash.bigEndian) { Array($0) })
        for chain in branchStarts.sorted() { writer.hash(chain) }
        return BLAKE2b.hash16(writer.bytes)
    }
}
