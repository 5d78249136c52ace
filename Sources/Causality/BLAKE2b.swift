internal import CSodium

/// BLAKE2b (RFC 7693) by libsodium, at the two lengths that the formats use.
public enum BLAKE2b {
    /// Once: until it is initialised the library uses a portable form, a tenth slower than the one for this processor
    /// (libsodium, "Usage": `sodium_init`). Both give the same bytes, so a failure costs time alone.
    private static let isChosen: Bool = sodium_init() >= 0

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

    private static func hash(_ bytes: some Collection<UInt8>, into out: UnsafeMutableRawBufferPointer) {
        _ = isChosen
        let place = out.bindMemory(to: UInt8.self)
        guard let start = place.baseAddress else { return }
        let done: Void? = bytes.withContiguousStorageIfAvailable { input in
            _ = crypto_generichash(
                start, place.count, input.baseAddress, UInt64(input.count), nil, 0)
        }
        if done == nil { hash(Array(bytes), into: out) }
    }
}
