import QuipuCausality
import Testing

@testable import QuipuCBOR
@testable import QuipuWire

/// The well-formed vectors are those of RFC 8949, appendix A; the others are what its section 4.2 rules out.
struct CBORReaderTests {
    static func reader(_ hexadecimal: String) -> CBORReader {
        CBORReader(Hexadecimal.bytes(hexadecimal)![...])
    }

    @Test(arguments: [
        ("00", 0), ("17", 23), ("1818", 24), ("18ff", 255), ("190100", 256), ("19ffff", 65_535),
        ("1a00010000", 65_536), ("1affffffff", 4_294_967_295), ("1b0000000100000000", 4_294_967_296),
        ("1bffffffffffffffff", UInt64.max),
    ])
    func `unsigned integers in their shortest form are read`(text: String, expected: UInt64) throws {
        var reader = Self.reader(text)
        #expect(try reader.unsigned() == expected)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: [
        ("20", -1), ("37", -24), ("3818", -25), ("38ff", -256), ("3903e7", -1_000),
        ("3b7fffffffffffffff", Int64.min),
        ("1b7fffffffffffffff", .max), ("00", 0),
    ])
    func `signed integers in their shortest form are read`(text: String, expected: Int64) throws {
        var reader = Self.reader(text)
        #expect(try reader.integer() == expected)
    }

    @Test(arguments: ["1b8000000000000000", "3b8000000000000000", "3bffffffffffffffff"])
    func `a number beyond 64 bits with a sign is refused`(text: String) {
        var reader = Self.reader(text)
        #expect(throws: WireError.self) { try reader.integer() }
    }

    @Test(arguments: [
        "1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
        "1b00000000ffffffff",
        "5800", "7801", "9800", "b800", "d800", "3800", "f800", "f818", "f81f",
    ])
    func `a number that is not in its shortest form is malformed`(text: String) {
        var reader = Self.reader(text)
        #expect(failure { try reader.skip() }?.code == .malformed)
    }

    @Test(arguments: ["5f", "7f", "9f", "bf", "ff", "1c", "1d", "1e", "1f", "5fff", "9f01ff", "fc"])
    func `indefinite and reserved lengths are malformed`(text: String) {
        var reader = Self.reader(text)
        #expect(failure { try reader.skip() }?.code == .malformed)
    }

    @Test(arguments: [
        "", "18", "1901", "1a000100", "41", "4401020304", "6261", "8201", "a101", "c1", "820102",
    ])
    func `every item that ends too early is reported as cut`(text: String) {
        let bytes = Hexadecimal.bytes(text)!
        for count in bytes.indices {
            var reader = CBORReader(bytes[..<count])
            #expect(failure { try reader.skip() }?.code == .cut)
        }
    }

    @Test(arguments: [
        "1bffffffffffffffff", "20", "4401020304", "6449455446", "8301820203820405", "a26161016162820203",
        "c074323031",
        "f4", "f5", "f6", "f7", "f0", "f820", "f8ff", "f93c00", "f90000", "f98000", "fa47c35000",
        "fb3ff199999999999a",
    ])
    func `every well-formed item can be skipped`(text: String) throws {
        // A cut "c0…" stands for a tag; it is made whole here.
        let bytes = Hexadecimal.bytes(text == "c074323031" ? "c063323031" : text)!
        var reader = CBORReader((bytes + [0x01])[...])
        #expect(Array(try reader.skip()) == bytes)
        #expect(try reader.unsigned() == 1)
    }

    @Test
    func `nesting is bounded`() throws {
        func nested(_ depth: Int) -> CBORReader {
            CBORReader(([UInt8](repeating: 0x81, count: depth - 1) + [0x01])[...])
        }
        var (most, tooMuch) = (nested(Limits.depth), nested(Limits.depth + 1))
        try most.skip()
        #expect(failure { try tooMuch.skip() }?.code == .tooLarge)
        var tags = CBORReader([UInt8](repeating: 0xc1, count: 100_000)[...])
        #expect(failure { try tags.skip() }?.code == .tooLarge)
    }

    @Test(arguments: [
        "5affffffff", "5bffffffffffffffff", "7bffffffffffffffff", "9bffffffffffffffff", "bbffffffffffffffff",
        "bb7fffffffffffffff", "9a7fffffff",
    ])
    func `an absurd length is an error and allocates no memory`(text: String) {
        var reader = Self.reader(text)
        let code = failure { try reader.skip() }?.code
        #expect(code == .cut || code == .tooLarge)
    }

    @Test
    func `each CBOR type is distinguished from the others`() {
        for text in ["20", "40", "60", "80", "a0", "c000", "f5"] {
            var reader = Self.reader(text)
            #expect(failure { _ = try reader.unsigned() }?.code == .unexpected)
        }
        for text in ["00", "60", "80", "f6"] {
            var reader = Self.reader(text)
            #expect(failure { _ = try reader.byteString(maximumBytes: 9) }?.code == .unexpected)
        }
        for text in ["f6", "f7", "e0", "00", "f93c00"] {
            var reader = Self.reader(text)
            #expect(failure { _ = try reader.boolean() }?.code == .unexpected)
        }
    }

    @Test
    func `strings and lists are held to the given limits`() throws {
        var reader = Self.reader("43010203" + "63616263" + "83010203")
        #expect(try Array(reader.byteString(maximumBytes: 3)) == [1, 2, 3])
        #expect(try reader.text(maximumBytes: 3) == "abc")
        #expect(try reader.arrayCount(maximum: 3) == 3)
        for text in ["43010203", "63616263", "83010203", "a3"] {
            var reader = Self.reader(text)
            let error = failure {
                switch reader.peekedMajor {
                case .byteString: _ = try reader.byteString(maximumBytes: 2)
                case .text: _ = try reader.text(maximumBytes: 2)
                case .array: _ = try reader.arrayCount(maximum: 2)
                default: _ = try reader.mapCount(maximum: 2)
                }
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test(arguments: ["61ff", "62c328", "63eda080", "62c080", "64f4908080"])
    func `text that is not UTF-8 is malformed`(text: String) {
        var reader = Self.reader(text)
        #expect(failure { _ = try reader.text(maximumBytes: 9) }?.code == .malformed)
    }

    @Test(arguments: 0..<40)
    func `random bytes are read or refused and never read past their end`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = random.bytes(random.pick([1, 2, 5, 9, 40]))
            var reader = CBORReader(bytes[...])
            while !reader.isAtEnd, (try? reader.skip()) != nil {}
            #expect(reader.next <= bytes.endIndex)
        }
    }
}
