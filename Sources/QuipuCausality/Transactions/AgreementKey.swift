internal import QuipuCBOR

/// A key derived from the state of a replica. Two replicas with equal states prove that to each other with it.
///
/// The hash of a vector and a digest can be echoed by anybody who was sent them. So the key, a hash of the state
/// behind them, is never sent; each side sends a nonce, and receives a keyed hash of it. In some exchanges the hash
/// also covers records that the nonce selects, so that it proves the texts themselves.
public struct AgreementKey: Sendable {
    /// The side that proves: a proof that is echoed is not valid for the other side.
    public enum Side: UInt64, Sendable {
        case caller
        case responder
    }

    /// Records in a sample.
    public static let sampleCount = 4
    /// One exchange in this number has a sample, and the first with each peer.
    private static let sampleInterval: UInt128 = 16

    private let bytes: [UInt8]

    /// BLAKE2b-256 over the archive's id, the vector's entries, the branch starts, both sorted, and the digest, as
    /// deterministic CBOR.
    public init(archive: ArchiveID, knowledge: Knowledge, digest: Digest) {
        let entries = knowledge.vector.entries
        var writer = CBORWriter(capacityBytes: 96 + 64 * entries.count + 34 * knowledge.branchStarts.count)
        writer.text("quipu agreement key 1")
        writer.identifier(archive)
        writer.array(count: entries.count)
        for entry in entries {
            writer.identifier(entry.origin)
            writer.unsigned(entry.sequence)
            writer.hash(entry.chain)
        }
        writer.array(count: knowledge.branchStarts.count)
        for chain in knowledge.branchStarts.sorted() { writer.hash(chain) }
        writer.byteString(digest.bytes)
        let (high, low) = BLAKE2b.hash32(writer.bytes)
        bytes = ChainHash(high: high, low: low).bytes
    }

    /// - Parameters:
    ///   - nonce: the nonce of the side that verifies; for a caller's proof, its own.
    ///   - counterNonce: the nonce of the side that proves, if that is the responder.
    ///   - sample: the visible values of the records that the nonce selects.
    public func proof(
        by side: Side, nonce: UInt128, counterNonce: UInt128 = 0, sample: [UInt8] = []
    ) -> UInt128 {
        var writer = CBORWriter(capacityBytes: 96 + sample.count)
        writer.text("quipu agreement proof 1")
        writer.unsigned(side.rawValue)
        writer.byteString(withUnsafeBytes(of: nonce.bigEndian) { Array($0) })
        writer.byteString(withUnsafeBytes(of: counterNonce.bigEndian) { Array($0) })
        writer.byteString(sample)
        return BLAKE2b.keyedHash16(writer.bytes, key: bytes)
    }

    /// The number of records in an exchange's sample, determined by its nonce, which nobody can predict.
    public static func sampleCount(nonce: UInt128, isFirst: Bool) -> Int {
        isFirst || nonce % sampleInterval == 0 ? sampleCount : 0
    }

    /// The places among all records where a nonce's sample begins.
    ///
    /// - Returns: uniform 128-bit numbers.
    public static func places(nonce: UInt128, count: Int) -> [UInt128] {
        (0..<count).map { number in
            var writer = CBORWriter(capacityBytes: 48)
            writer.text("quipu sample 1")
            writer.byteString(withUnsafeBytes(of: nonce.bigEndian) { Array($0) })
            writer.unsigned(UInt64(number))
            return BLAKE2b.hash16(writer.bytes)
        }
    }
}
