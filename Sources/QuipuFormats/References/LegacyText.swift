internal import QuipuCanonicalJSON

/// Lines of files that are UTF-8 today and were in the encoding of the machine they were written on.
enum LegacyText {
    /// The text, and whether it had to be read as Windows-1252. NULs and other control characters are spaces, so that no
    /// words grow together.
    static func decode(_ bytes: ArraySlice<UInt8>) -> (text: String, isConverted: Bool) {
        let isUTF8 = bytes.withUnsafeBufferPointer { endOfValidUTF8($0) == $0.count }
        if isUTF8, !bytes.contains(where: isControl) {
            return (String(decoding: bytes, as: UTF8.self), false)
        }
        let printable = bytes.map { isControl($0) ? 0x20 : $0 }
        if isUTF8 { return (String(decoding: printable, as: UTF8.self), false) }
        var scalars = String.UnicodeScalarView()
        for byte in printable { scalars.append(scalar(byte)) }
        return (String(scalars), true)
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80..<0xA0).contains(byte) ? windows1252[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    private static let windows1252: [Unicode.Scalar] = [
        "€", "\u{FFFD}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{FFFD}", "Ž", "\u{FFFD}",
        "\u{FFFD}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{FFFD}", "ž", "Ÿ",
    ]

    /// What a reader says once of a source that was read so.
    static let remark = "it is not UTF-8 everywhere, and was read as Windows-1252 there"
}
