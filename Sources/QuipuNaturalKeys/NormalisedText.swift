internal import QuipuCanonicalJSON

/// What an article's identity by text is the hash of: the text without what copying, line breaking and
/// typesetting change. Frozen, like ``CanonicalURL``.
///
/// Soft hyphens, zero-width code points and byte order marks are removed; each run of white space (line ends
/// in any form included) becomes one space, none at the ends; the rest is NFC.
public enum NormalisedText {
    public static func normalise(_ text: String) -> String {
        var text = text
        let changed = text.withUTF8 { changedBytes($0) }
        return (changed.map { String(decoding: $0, as: UTF8.self) } ?? text).nfc
    }

    /// What is left of well-formed UTF-8; nil where that is all of it. Texts are long, and nearly all of each stays.
    private static func changedBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var isSame = true
        let out = [UInt8](unsafeUninitializedCapacity: bytes.count) { out, used in
            var index = 0
            var isAfterSpace = true
            while index < bytes.count {
                let start = index
                if let block = plainBlock(of: bytes, at: index, isAfterSpace: isAfterSpace) {
                    UnsafeMutableRawPointer(out.baseAddress! + used).storeBytes(of: block, as: UInt64.self)
                    used += 8
                    index += 8
                    isAfterSpace = out[used - 1] == 0x20
                    continue
                }
                let scalar = scalar(bytes, &index)
                if WhiteSpace.contains(scalar) {
                    if scalar != " " || isAfterSpace { isSame = false }
                    if !isAfterSpace {
                        out[used] = 0x20
                        used += 1
                    }
                    isAfterSpace = true
                } else if isInvisible(scalar) {
                    isSame = false
                } else {
                    isAfterSpace = false
                    for place in start..<index {
                        out[used] = bytes[place]
                        used += 1
                    }
                }
            }
            if isAfterSpace, used > 0 {
                used -= 1
                isSame = false
            }
        }
        return isSame ? nil : out
    }

    private static let eachByte: UInt64 = 0x0101_0101_0101_0101
    private static let eachSpace = 0x20 * eachByte
    private static let eachHighBit = 0x80 * eachByte

    /// The next eight bytes where all of them stay as they are: printable ASCII without two spaces side by side, which is
    /// most of most texts.
    @inline(__always)
    private static func plainBlock(
        of bytes: UnsafeBufferPointer<UInt8>, at index: Int, isAfterSpace: Bool
    ) -> UInt64? {
        guard index + 8 < bytes.count, let start = bytes.baseAddress else { return nil }
        if isAfterSpace, start[index] == 0x20 { return nil }
        let raw = UnsafeRawPointer(start + index)
        let block = raw.loadUnaligned(as: UInt64.self)
        let next = raw.loadUnaligned(fromByteOffset: 1, as: UInt64.self)
        let isOther = block | (block &- eachSpace) | (block &+ eachByte)
        let isDoubled = zeros(block ^ eachSpace) & zeros(next ^ eachSpace)
        return (isOther | isDoubled) & eachHighBit == 0 ? block : nil
    }

    /// The highest bit of each byte that is zero, and now and then of one above such a byte.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- eachByte) & ~word & eachHighBit }

    /// The code point at `index`, which moves behind it.
    @inline(__always)
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Unicode.Scalar {
        let first = bytes[index]
        if first < 0x80 {
            index += 1
            return Unicode.Scalar(first)
        }
        let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        var value = UInt32(first) & (0x7f >> UInt32(length))
        for place in index + 1..<index + length { value = value << 6 | UInt32(bytes[place] & 0x3f) }
        index += length
        // A string's UTF-8 is well-formed.
        return Unicode.Scalar(value) ?? "\u{fffd}"
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
