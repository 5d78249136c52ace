internal import CQuipuSodium

/// SHA-256 (FIPS 180-4) by libsodium, computed incrementally: the name of an attachment's content.
public struct SHA256: ~Copyable {
    private var state = crypto_hash_sha256_state()

    public init() { crypto_hash_sha256_init(&state) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        crypto_hash_sha256_update(&state, start, UInt64(bytes.count))
    }

    public consuming func finish() -> BlobHash {
        var out = [UInt8](repeating: 0, count: BlobHash.size)
        crypto_hash_sha256_final(&state, &out)
        guard let hash = BlobHash(bytes: out) else { preconditionFailure("SHA-256 has 32 bytes") }
        return hash
    }
}

/// The name of a content: its SHA-256.
public struct BlobHash: Hash32 {
    public let high: UInt128
    public let low: UInt128

    public init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// - Parameter text: 64 lower-case hexadecimal digits, the one way in which it is written; otherwise nil.
    public init?(text: String) {
        guard let bytes = Hexadecimal.bytes(text), let hash = BlobHash(bytes: bytes), hash.hexadecimal == text
        else { return nil }
        self = hash
    }
}
