internal import CanonicalJSON

/// What an article's identity by text is the hash of: the text without what copying, line breaking and
/// typesetting change. Frozen, like ``CanonicalURL``.
///
/// Soft hyphens, zero-width code points and byte order marks are removed; each run of white space (line ends
/// in any form included) becomes one space, none at the ends; the rest is NFC.
public enum NormalisedText {
    public static func normalise(_ text: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if isInvisible(scalar) { continue }
            if WhiteSpace.contains(scalar) {
                if !isAfterSpace { out.append(0x20) }
                isAfterSpace = true
                continue
            }
            isAfterSpace = false
            if scalar.isASCII {
                out.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let encoded = UTF8.encode(scalar) {
                out.append(contentsOf: encoded)
            }
        }
        if isAfterSpace, !out.isEmpty { out.removeLast() }
        return String(decoding: out, as: UTF8.self).nfc
    }

    /// U+200C and U+200D shape letters in some scripts; two texts that differ in nothing else are one
    /// article.
    @inline(__always)
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B...0x200D, 0x2060, 0xFEFF: true
        default: false
        }
    }
}
