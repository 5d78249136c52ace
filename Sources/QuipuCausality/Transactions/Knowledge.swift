internal import QuipuCBOR

/// What a replica knows: its vector, and the branch starts on which the vector's names depend.
///
/// Names mean the same to two replicas only if both have the same branch starts; so these are part of what is
/// compared, and are joined before anything is exchanged.
public struct Knowledge: Sendable, Equatable {
    public var vector: Vector
    public var branchStarts: Set<ChainHash>

    public init(vector: Vector = Vector(), branchStarts: Set<ChainHash> = []) {
        self.vector = vector
        self.branchStarts = branchStarts
    }

    /// Equal if and only if the state is: BLAKE2b-128 over the vector's hash and the sorted branch starts as
    /// deterministic CBOR; without branch starts, the vector's own hash.
    public var hash: UInt128 {
        if branchStarts.isEmpty { return vector.hash }
        var writer = CBORWriter(capacityBytes: 64 + 34 * branchStarts.count)
        writer.text("quipu knowledge 1")
        writer.byteString(withUnsafeBytes(of: vector.hash.bigEndian) { Array($0) })
        for chain in branchStarts.sorted() { writer.hash(chain) }
        return BLAKE2b.hash16(writer.bytes)
    }
}
