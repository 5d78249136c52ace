internal import CQuipuSodium

/// BLAKE2b (RFC 7693) by libsodium, at the two lengths that the formats use.
///
/// `sodium_init` is deliberately never called. It would choose the AVX2 or SSE4.1 implementation, which saves a tenth
/// on some processors and takes nearly twice as long on others (744 MB/s instead of 1,360 on a Zen 5); the portable
/// implementation, which libsodium uses until then, is fast on all of them. Nothing else that is used of libsodium
/// needs initialization: no random bytes are drawn from it, and the hashes, comparisons and key derivations have no
/// state.
public enum BLAKE2b {
    public static func hash16(_ bytes: some Collection<UInt8>) -> UInt128 {
        var out: UInt128 = 0
        withUnsafeMutableBytes(of: &out) { hash(bytes, into: $0) }
        return UInt128(bigEndian: out)
    }

    public static func hash32(_ bytes: some Collection<UInt8>) -> (high: UInt128, low: UInt128) {
        var out: (UInt128, UInt128) = (0, 0)
        withUnsafeMutableBytes(of: &out) { hash(bytes, into: $0) }
        return (UInt128(bigEndian: out.0), UInt128(bigEndian: out.1))
    }

    /// - Parameter key: 16 to 64 bytes.
    public static func keyedHash16(_ bytes: [UInt8], key: [UInt8]) -> UInt128 {
        var out: UInt128 = 0
        withUnsafeMutableBytes(of: &out) { place in
            guard let start = place.bindMemory(to: UInt8.self).baseAddress else { return }
            _ = crypto_generichash(start, place.count, bytes, UInt64(bytes.count), key, key.count)
        }
        return UInt128(bigEndian: out)
    }

    private static func hash(_ bytes: some Collection<UInt8>, into out: UnsafeMutableRawBufferPointer) {
        let place = out.bindMemory(to: UInt8.self)
        guard let start = place.baseAddress else { return }
        let done: Void? = bytes.withContiguousStorageIfAvailable { input in
            _ = crypto_generichash(
                start, place.count, input.baseAddress, UInt64(input.count), nil, 0)
        }
        if done == nil { hash(Array(bytes), into: out) }
    }
}
