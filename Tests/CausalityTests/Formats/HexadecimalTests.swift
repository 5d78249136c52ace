import QuipuCausality
import Testing

struct HexadecimalTests {
    @Test
    func `every byte is written as two lower-case digits and read back`() {
        let all = Array(0...255) as [UInt8]
        let text = Hexadecimal.text(all)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.bytes(text) == all)
        #expect(Hexadecimal.bytes(text.uppercased()) == all)
        #expect(Hexadecimal.text([]) == "" && Hexadecimal.bytes("") == [])
    }

    @Test(arguments: ["0", "abc", "0g", "g0", " 00", "00 ", "0x00", "+0", "-1", "é0", "００", "0\u{0}"])
    func `a text that is not pairs of hexadecimal digits reads as nil`(text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }
}
