import QuipuCausality
import Testing

@testable import NaiveModel

struct IdentifierTests {
    @Test
    func `an identifier is written in big-endian order and read back`() throws {
        let bytes = Array(0..<16) as [UInt8]
        let origin = try #require(Origin(bytes: bytes))
        #expect(origin.bytes == bytes)
        #expect(origin.hexadecimal == "000102030405060708090a0b0c0d0e0f")
        #expect(Origin(hexadecimal: origin.hexadecimal) == origin)
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `a wrong number of bytes is refused as an identifier`(count: Int) {
        #expect(RecordID(bytes: [UInt8](repeating: 1, count: count)) == nil)
        #expect(RecordID(hexadecimal: String(repeating: "0", count: 2 * count)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test(arguments: [0, 31, 33])
    func `a wrong number of bytes is refused as a hash`(count: Int) {
        #expect(ChainHash(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test
    func `a hash is written as bytes and read back`() throws {
        let bytes = Array(100..<132) as [UInt8]
        let hash = try #require(ChainHash(bytes: bytes))
        #expect(hash.bytes == bytes)
        #expect(hash.high == Origin(bytes: Array(bytes[..<16]))?.rawValue)
        #expect(ChainHash(bytes: bytes[...]) == hash)
    }

    @Test(arguments: Seeds.upTo(50))
    func `identifiers and hashes sort by their bytes`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        func bytes(_ count: Int) -> [UInt8] {
            // Few values, so that ties in front are common.
            (0..<count).map { _ in random.pick([0, 1, 0x7f, 0x80, 0xff]) }
        }
        for _ in 0..<50 {
            let (a, b) = (bytes(16), bytes(16))
            let (first, other) = (try #require(Origin(bytes: a)), try #require(Origin(bytes: b)))
            #expect((first < other) == a.lexicographicallyPrecedes(b))
            let (c, d) = (a + bytes(16), random.chance(1, in: 2) ? a + b : bytes(32))
            let (hash, another) = (try #require(ChainHash(bytes: c)), try #require(ChainHash(bytes: d)))
            #expect((hash < another) == c.lexicographicallyPrecedes(d))
        }
    }

    @Test
    func `a transaction's name is written as text and read back`() {
        let name = TransactionName(origin: Origin(rawValue: 0xab), sequence: 18_446_744_073_709_551_615)
        #expect(name.description == "000000000000000000000000000000ab:18446744073709551615")
        #expect(TransactionName(name.description) == name)
    }

    @Test(arguments: [
        "", ":", "1", "00:1", "000000000000000000000000000000ab", "000000000000000000000000000000ab:",
        "000000000000000000000000000000ab:0", "000000000000000000000000000000ab:-1",
        "000000000000000000000000000000ab:18446744073709551616", "000000000000000000000000000000ab:1:1",
        "000000000000000000000000000000ab:x", "000000000000000000000000000000ab: 1",
        "zz0000000000000000000000000000ab:1", "000000000000000000000000000000AB:1",
    ])
    func `a malformed text is refused as a transaction's name`(text: String) {
        #expect(TransactionName(text) == nil)
    }

    @Test
    func `transaction names sort by origin, then by sequence`() {
        let names = [(1, 2), (1, 10), (2, 1)].map {
            TransactionName(origin: Origin(rawValue: UInt128($0.0)), sequence: UInt64($0.1))
        }
        #expect(names.reversed().sorted() == names)
    }
}
