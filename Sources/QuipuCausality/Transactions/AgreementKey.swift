/// What two replicas hold that hold the same, as a key by which each shows the other that it does.
///
/// The hash of a vector and a digest can be said back by anybody who was told them. So the key, a hash of all that these
/// stand for, is never sent; each side sends a nonce, and gets back a hash of it under the key. Records that the nonce
/// picks go into that hash as well now and then: it then takes the texts themselves, and not only what is told of them.
public struct AgreementKey: Sendable {
    /// Who proves: what one side sends is no proof when it comes back.
    public enum Side: UInt64, Sendable {
        case caller
        case responder
    }

    /// Records in a sample.
    public static let sampleCount = 4
    /// One exchange in so many takes a sample, and the first with each peer.
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
    ///   - nonce: of the side that the proof is for; of a caller, who knows of no other yet, its own.
    ///   - counterNonce: of the side that proves, where it is the responder.
    ///   - sample: what the records show that the nonce picks.
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

    /// How many records an exchange asks for, by its nonce, which nobody can foresee.
    public static func sampleCount(nonce: UInt128, isFirst: Bool) -> Int {
        isFirst || nonce % sampleInterval == 0 ? sampleCount : 0
    }

    /// Where among all records the sample of a nonce looks for its records.
    ///
    /// - Returns: numbers of 128 bits that any part may be taken of.
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
