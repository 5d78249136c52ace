import QuipuCausality
import Testing

struct BLAKE2bTests {
    /// Computed by another implementation (Python's `hashlib`); `b2sum -l 256` gives the long ones too.
    @Test(
        arguments: [
            (
                [], "cae66941d9efbd404e4d88758ea67670",
                "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
            ),
            (
                Array("abc".utf8), "cf4ab791c62b8d2b2109c90275287816",
                "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
            ),
            (
                Array(0...255), "c2472c0ac37a8dbdb25f05ada0d82643",
                "39a7eb9fedc19aabc83425c6755dd90e6f9d0c804964a1f4aaeea3b9fb599835"
            ),
        ] as [([UInt8], String, String)])
    func `hashes of both lengths match RFC 7693`(input: [UInt8], short: String, long: String) {
        #expect(Hexadecimal.text(Digest(rawValue: BLAKE2b.hash16(input)).bytes) == short)
        #expect(ValueHash(of: input).hexadecimal == long)
    }

    @Test
    func `bytes without contiguous storage hash like an array of them`() {
        let bytes: [UInt8] = Array("quipu".utf8)
        #expect(BLAKE2b.hash16(bytes.lazy.map { $0 }) == BLAKE2b.hash16(bytes))
        #expect(BLAKE2b.hash16(bytes[1...]) == BLAKE2b.hash16(Array(bytes[1...])))
        #expect(BLAKE2b.hash16(EmptyCollection<UInt8>()) == BLAKE2b.hash16([]))
    }
}
