import Testing

@testable import QuipuFormats

@Suite struct TextEncodingTests {
    private func decode(_ bytes: [UInt8], _ encoding: String? = nil) -> TextEncoding.Decoded {
        TextEncoding.decode(bytes, as: .html, encoding: encoding)
    }

    private func text(_ decoded: TextEncoding.Decoded) -> String {
        String(decoding: decoded.utf8, as: UTF8.self)
    }

    @Test(
        arguments: [
            ("windows-1251", [0xC2, 0xEE, 0xE4, 0xE0] as [UInt8], "Вода"),
            ("koi8-r", [0xF7, 0xCF, 0xC4, 0xC1], "Вода"), ("Shift_JIS", [0x90, 0x85, 0x82, 0xC6], "水と"),
            ("gb2312", [0xCB, 0xAE, 0x81, 0x30, 0x81, 0x30], "水\u{80}"), ("euc-kr", [0xB9, 0xB0], "물"),
            ("euc-jp", [0xBF, 0xE5], "水"), ("big5", [0xA4, 0xF4], "水"),
            ("ISO-8859-1", [0x93, 0x80, 0x94], "“€”"), ("latin2", [0xE8, 0xB9], "čš"),
            ("windows-1256", [0xE3, 0xC7, 0xC1], "ماء"), ("utf-16le", [0x34, 0x6C], "水"),
        ])
    func `an encoding label has the meaning that browsers give it`(
        label: String, bytes: [UInt8], expected: String
    ) {
        let decoded = decode(bytes, label)
        #expect(text(decoded) == expected)
        #expect(decoded.converted != nil && decoded.wrongBytes == 0)
    }

    @Test func `a page's declared encoding counts unless its bytes are UTF-8`() {
        let page = Array("<html><!-- <meta charset=big5> --><meta charset='windows-1251'><p>".utf8)
        #expect(text(decode(page + [0xC2])).hasSuffix("В"))
        #expect(text(decode(page + Array("Вода".utf8))).hasSuffix("Вода"))
        let old = Array("<META HTTP-EQUIV=Content-Type CONTENT=\"text/html; charset=koi8-r\">".utf8)
        #expect(text(decode(old + [0xF7])).hasSuffix("В"))
    }

    @Test func `without a declaration text is UTF-8 or else windows-1252`() {
        #expect(text(decode(Array("é".utf8))) == "é")
        let old = decode([0x43, 0x61, 0x66, 0xE9, 0x97])
        #expect(text(old) == "Café—" && old.converted == "windows-1252")
        #expect(decode(Array("plain".utf8)).remark == nil)
    }

    @Test func `wrong bytes are replaced and counted`() {
        let broken = decode(Array("aéééé".utf8) + [0xFF, 0x62, 0xE2, 0x82])
        #expect(text(broken) == "aéééé\u{FFFD}b\u{FFFD}")
        #expect(broken.remark == "2 wrong bytes became U+FFFD")
        let cut = decode([0x90, 0x85, 0x82], "shift_jis")
        #expect(text(cut) == "水\u{FFFD}" && cut.wrongBytes == 1)
    }

    @Test func `UTF-16 and UTF-32 are recognised by their byte-order marks`() {
        let little = Array("aé水".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(text(decode([0xFF, 0xFE] + little)) == "aé水")
        let wide = "aé水".unicodeScalars.flatMap {
            [UInt8($0.value & 0xFF), UInt8($0.value >> 8 & 0xFF), 0, 0]
        }
        #expect(text(decode([0xFF, 0xFE, 0, 0] + wide)) == "aé水")
    }

    @Test(arguments: ["windows-1251", "shift_jis", "gb18030", "utf-8"])
    func `a stream cut into chunks reads like the whole`(label: String) throws {
        var bytes = Array("<?xml version='1.0' encoding='\(label)'?>".utf8)
        let unit: [UInt8] =
            switch label {
            case "windows-1251": [0xC2, 0x20]
            case "shift_jis": [0x90, 0x85, 0x82, 0xC6, 0x21]
            case "gb18030": [0xCB, 0xAE, 0x81, 0x30, 0x81, 0x30, 0x21]
            default: Array("水é!".utf8)
            }
        for _ in 0..<40_000 { bytes += unit }
        var stream = try DecodedStream(ByteSource(bytes: bytes, name: "memory"), as: .xml)
        var read: [UInt8] = []
        while true {
            let chunk = try stream.next()
            if chunk.isEmpty { break }
            read += chunk
        }
        #expect(read == TextEncoding.decode(bytes, as: .xml).utf8)
    }
}
