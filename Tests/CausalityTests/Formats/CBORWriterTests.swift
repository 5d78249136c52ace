import QuipuCBOR
import QuipuCausality
import Testing

/// The vectors are those of RFC 8949, appendix A.
struct CBORWriterTests {
    static func hexadecimal(_ write: (inout CBORWriter) -> Void) -> String {
        var writer = CBORWriter()
        write(&writer)
        return Hexadecimal.text(writer.bytes)
    }

    @Test(
        arguments: [
            (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"),
            (255, "18ff"),
            (256, "190100"), (1_000, "1903e8"), (65_535, "19ffff"), (65_536, "1a00010000"),
            (1_000_000, "1a000f4240"),
            (4_294_967_295, "1affffffff"), (4_294_967_296, "1b0000000100000000"),
            (1_000_000_000_000, "1b000000e8d4a51000"), (18_446_744_073_709_551_615, "1bffffffffffffffff"),
        ] as [(UInt64, String)])
    func `an unsigned integer takes the shortest form`(value: UInt64, expected: String) {
        #expect(Self.hexadecimal { $0.unsigned(value) } == expected)
        if let signed = Int64(exactly: value) { #expect(Self.hexadecimal { $0.integer(signed) } == expected) }
    }

    @Test(
        arguments: [
            (-1, "20"), (-10, "29"), (-24, "37"), (-25, "3818"), (-100, "3863"), (-256, "38ff"),
            (-257, "390100"),
            (-1_000, "3903e7"), (-4_294_967_296, "3affffffff"), (-4_294_967_297, "3b0000000100000000"),
            (Int64.min, "3b7fffffffffffffff"),
        ] as [(Int64, String)])
    func `a negative integer takes the shortest form`(value: Int64, expected: String) {
        #expect(Self.hexadecimal { $0.integer(value) } == expected)
    }

    @Test
    func `booleans and null are written as simple values`() {
        #expect(Self.hexadecimal { $0.boolean(false) } == "f4")
        #expect(Self.hexadecimal { $0.boolean(true) } == "f5")
        #expect(Self.hexadecimal { $0.null() } == "f6")
    }

    @Test
    func `byte strings are written with the shortest length`() {
        #expect(Self.hexadecimal { $0.byteString([]) } == "40")
        #expect(Self.hexadecimal { $0.byteString([1, 2, 3, 4]) } == "4401020304")
        #expect(Self.hexadecimal { $0.byteString([UInt8](repeating: 0, count: 24)) }.hasPrefix("581800"))
        #expect(
            Self.hexadecimal { $0.identifier(Origin(rawValue: 1)) } == "5000000000000000000000000000000001")
        let hash = ChainHash(high: 1, low: 2)
        #expect(
            Self.hexadecimal { $0.hash(hash) }
                == "5820" + "00000000000000000000000000000001" + "00000000000000000000000000000002")
    }

    @Test(arguments: [
        ("", "60"), ("a", "6161"), ("IETF", "6449455446"), ("\"\\", "62225c"), ("\u{fc}", "62c3bc"),
        ("\u{6c34}", "63e6b0b4"), ("\u{10151}", "64f0908591"),
    ])
    func `text strings are written with the shortest length`(value: String, expected: String) {
        #expect(Self.hexadecimal { $0.text(value) } == expected)
        #expect(Self.hexadecimal { $0.text(utf8: Array(value.utf8)) } == expected)
    }

    @Test
    func `arrays are written with their count before their elements`() {
        #expect(Self.hexadecimal { $0.array(count: 0) } == "80")
        let nested = Self.hexadecimal {
            $0.array(count: 3)
            $0.unsigned(1)
            $0.array(count: 2)
            $0.unsigned(2)
            $0.unsigned(3)
            $0.array(count: 2)
            $0.unsigned(4)
            $0.unsigned(5)
        }
        #expect(nested == "8301820203820405")
        let long = Self.hexadecimal {
            $0.array(count: 25)
            for value in 1...25 { $0.unsigned(UInt64(value)) }
        }
        #expect(long == "98190102030405060708090a0b0c0d0e0f101112131415161718181819")
    }

    @Test
    func `maps are written with their count before their members`() {
        #expect(Self.hexadecimal { $0.map(count: 0) } == "a0")
        let nested = Self.hexadecimal {
            $0.map(count: 2)
            $0.text("a")
            $0.unsigned(1)
            $0.text("b")
            $0.array(count: 2)
            $0.unsigned(2)
            $0.unsigned(3)
        }
        #expect(nested == "a26161016162820203")
    }

    @Test
    func `encoded items are written unchanged, and a reset writer is empty`() {
        var writer = CBORWriter(capacityBytes: 8)
        writer.raw([0x82, 0x01])
        writer.unsigned(2)
        #expect(writer.bytes == [0x82, 0x01, 0x02])
        writer.reset()
        #expect(writer.bytes.isEmpty)
    }
}
