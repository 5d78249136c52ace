internal import QuipuNaturalKeys

/// `&amp;`, `&#8212;`, `&#x2014;`, and what people write instead.
enum CharacterReference {
    /// In HTML's text some names count without `;`; in its attributes only where no letter, digit or `=` follows, since
    /// addresses have such; in XML never.
    enum Place {
        case text, attribute, xml
    }

    /// What the reference at the beginning of these bytes, which is a `&`, stands for, and how long it is; nil where it is
    /// a `&` and no more.
    ///
    static func read(
        _ bytes: ArraySlice<UInt8>, in place: Place
    ) -> (count: Int, characters: [UInt8])? {
        let rest = bytes.dropFirst()
        guard let first = rest.first else { return nil }
        if first == UInt8(ascii: "#") { return numeric(rest.dropFirst()) }
        guard ASCII.isLetter(first) else { return nil }
        let name = rest.prefix(EntityNames.longestName).prefix(while: ASCII.isAlphanumeric)
        if rest.dropFirst(name.count).first == UInt8(ascii: ";"),
            let characters = EntityNames.characters(of: name)
        {
            return (name.count + 2, characters)
        }
        guard place != .xml, let short = EntityNames.withoutSemicolon(name) else { return nil }
        if place == .attribute, let next = rest.dropFirst(short.count).first,
            ASCII.isAlphanumeric(next) || next == UInt8(ascii: "=")
        {
            return nil
        }
        return (short.count + 1, short.characters)
    }

    /// Behind `&#`. What is no character becomes U+FFFD; 128 to 159 are those of windows-1252, as pages mean them.
    private static func numeric(_ bytes: ArraySlice<UInt8>) -> (count: Int, characters: [UInt8])? {
        let isHexadecimal = bytes.first.map { $0 | 0x20 } == UInt8(ascii: "x")
        let digits = (isHexadecimal ? bytes.dropFirst() : bytes).prefix(while: {
            isHexadecimal ? ASCII.hexadecimalDigit($0) != nil : ASCII.isDigit($0)
        })
        guard !digits.isEmpty else { return nil }
        var value: UInt32 = 0
        for digit in digits where value < 0x11_0000 {
            value = value * (isHexadecimal ? 16 : 10) + UInt32(ASCII.hexadecimalDigit(digit) ?? 0)
        }
        if (0x80..<0xA0).contains(value) { value = Windows1252.scalar(UInt8(value)).value }
        let scalar = Unicode.Scalar(value).flatMap { isText($0) ? $0 : nil } ?? "\u{FFFD}"
        let semicolon = bytes.dropFirst(digits.count + (isHexadecimal ? 1 : 0)).first == UInt8(ascii: ";")
        return (
            2 + (isHexadecimal ? 1 : 0) + digits.count + (semicolon ? 1 : 0),
            UTF8.encode(scalar).map(Array.init) ?? []
        )
    }

    /// What XML allows in a text.
    static func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    /// Appends a character as text that no parser takes for markup.
    static func append(_ characters: [UInt8], to out: inout [UInt8]) {
        for byte in characters { append(byte, to: &out) }
    }

    static func append(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "<"): out += "&lt;".utf8
        case UInt8(ascii: ">"): out += "&gt;".utf8
        case UInt8(ascii: "&"): out += "&amp;".utf8
        case UInt8(ascii: "\""): out += "&quot;".utf8
        // Not allowed in XML, and the end of a text to libxml2.
        case 0..<0x09, 0x0B, 0x0C, 0x0E..<0x20: out.append(0x20)
        default: out.append(byte)
        }
    }

    /// A text with its references read.
    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var out: [UInt8] = []
        TagReader.read(Array(text.utf8)[...], in: .text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
