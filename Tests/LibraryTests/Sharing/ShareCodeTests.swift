import Foundation
import Testing

@testable import Quipu

/// What people read on one machine and type on another.
@Suite struct ShareCodeTests {
    private static let example = "9ww7-yk3p-ya51-w"
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

    /// Many codes, the same in each run.
    private static let samples = (0..<50 as Range<UInt64>).map { number in
        ShareCode(randomBytes: withUnsafeBytes(of: (number &* 0x9E37_79B9_7F4A_7C15).bigEndian) { Array($0) })
    }

    private func code(of error: QuipuError?) -> String? { error?.code.rawValue }

    @Test func `the code in the documentation is valid and is shown as it was typed`() throws {
        #expect(try ShareCode(Self.example).text == Self.example)
    }

    @Test(arguments: [
        "9WW7YK3PYA51W", " 9ww7 yk3p ya5l w ", "9ww7yk3pyaSIw".replacing("S", with: "5"), "9ww7-YK3P-ya51w",
    ])
    func `capitals, hyphens, spaces and letters that look like digits do not matter`(typed: String) throws {
        #expect(try ShareCode(typed) == ShareCode(Self.example))
    }

    @Test func `the letters O, I and L are read as 0 and 1`() throws {
        let code = ShareCode(randomBytes: [0, 0, 0, 0, 0, 0, 0, 33])
        #expect(code.text.hasPrefix("0000-0000-0011-"))
        let last = try #require(code.text.last)
        for typed in ["oOoO-oOoO-oOil-", "0000 0000 00LI "] {
            #expect(try ShareCode(typed + String(last)) == code)
        }
    }

    @Test func `every single mistyped letter is noticed`() {
        for code in Self.samples {
            let letters = Array(code.text.filter { $0 != "-" })
            for index in letters.indices {
                for other in Self.alphabet where other != letters[index] {
                    var typed = letters
                    typed[index] = other
                    #expect(throws: QuipuError.self) { try ShareCode(String(typed)) }
                }
            }
        }
    }

    @Test func `every exchange of two different letters is noticed`() {
        for code in Self.samples {
            let letters = Array(code.text.filter { $0 != "-" })
            for first in letters.indices {
                for second in letters.indices where letters[first] != letters[second] {
                    var typed = letters
                    typed.swapAt(first, second)
                    #expect(throws: QuipuError.self) { try ShareCode(String(typed)) }
                }
            }
        }
    }

    @Test func `a code has 60 random bits in twelve letters, and a check letter`() throws {
        for (bytes, letters) in [
            ([0xFF, 0xFF], "zzzzzzzzzzzz"), ([0x0F, 0xFF], "zzzzzzzzzzzz"), ([0x08, 0], "g00000000000"),
        ] {
            let rest = [UInt8](repeating: bytes[1] == 0 ? 0 : 0xFF, count: 6)
            #expect(ShareCode(randomBytes: bytes.map { UInt8($0) } + rest).letters == letters)
        }
        for code in Self.samples {
            #expect(code.text.count == 16)
            #expect(try ShareCode(code.text) == code)
        }
        #expect(ShareCode.random() != ShareCode.random())
    }

    @Test(arguments: [
        ("", "a code has 13 letters, and this has 0"),
        ("9ww7-yk3p-ya51", "a code has 13 letters, and this has 12"),
        ("9ww7-yk3p-ya51-ww", "a code has 13 letters, and this has 14"),
        ("9ww7-yk3p-ya51-u", "'u' is in no code"),
        ("9ww7-yk3p-ya51-é", "'é' is in no code"),
        (String(repeating: "0", count: 1_000), "that is too long for a code"),
    ])
    func `a text that is not a share code is refused with the reason`(typed: String, reason: String) {
        let error = #expect(throws: QuipuError.self) { try ShareCode(typed) }
        #expect(error?.code == .badShare && error?.message == reason && error?.hint != nil)
    }

    @Test func `an address is read with and without a port, and shown without the usual one`() throws {
        #expect(try ShareAddress("192.168.43.17") == ShareAddress(host: "192.168.43.17", port: 8420))
        #expect(try ShareAddress("192.168.43.17:8421") == ShareAddress(host: "192.168.43.17", port: 8421))
        #expect(try ShareAddress("laptop.local:8420").text == "laptop.local")
        #expect(try ShareAddress("169.254.7.9:1").text == "169.254.7.9:1")
        for wrong in [
            "", ":", "host:", "host:0", "host:65536", "-v", "a b", "https://192.168.43.17", "a:1:2",
            "host/press", "ü",
        ] {
            #expect(throws: QuipuError.self, "\(wrong)") { try ShareAddress(wrong) }
        }
    }

    @Test func `the text of a drawn code is read back, also in small letters`() throws {
        let (address, code) = (ShareAddress(host: "192.168.43.17", port: 8420), try ShareCode(Self.example))
        let text = address.scannable(with: code)
        #expect(text == "QUIPU:192.168.43.17:8420/9WW7YK3PYA51W")
        for text in [text, text.lowercased()] {
            let scanned = try #require(try ShareAddress.scanned(text))
            #expect(scanned.0 == address && scanned.1 == code)
        }
        #expect(try ShareAddress.scanned("192.168.43.17") == nil)
        #expect(throws: QuipuError.self) { try ShareAddress.scanned("QUIPU:192.168.43.17:8420/9WW7") }
    }

    @Test func `the addresses of this machine are ordered by how likely another machine reaches them`() {
        func address(_ interface: String, _ text: String, isRouted: Bool = false) -> NetworkAddress {
            NetworkAddress(
                interface: interface, bytes: text.split(separator: ".").compactMap { UInt8($0) },
                hasDefaultRoute: isRouted)
        }
        let found = [
            address("docker0", "172.17.0.1"), address("wg0", "10.8.0.2", isRouted: true),
            address("enp3s0", "169.254.7.9"),
            address("eth1", "10.0.0.2"), address("wlp2s0", "192.168.43.17", isRouted: true),
        ]
        #expect(
            NetworkAddress.sorted(found).map(\.text) == [
                "192.168.43.17", "10.0.0.2", "169.254.7.9", "10.8.0.2", "172.17.0.1",
            ])
        #expect(NetworkAddress.ofThisMachine().allSatisfy { $0.bytes.count == 4 && $0.bytes[0] != 127 })
    }
}
