internal import QuipuNaturalKeys

/// Record ids in the form of RFC 9562, as our own exports write them.
enum UUIDText {
    /// Lower-case; nil when the text is no UUID.
    static func canonicalize(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        for (index, byte) in bytes.enumerated() {
            switch index {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
            default: guard ASCII.hexadecimalDigit(byte) != nil else { return nil }
            }
        }
        return String(decoding: bytes.map(ASCII.lowercased), as: UTF8.self)
    }
}
