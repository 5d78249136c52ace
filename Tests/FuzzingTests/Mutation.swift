import Support

/// Damages inputs as transmission, broken programs and attackers do. The same seed gives the same inputs.
struct Mutation {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// One to six changes of an input, some of which take bytes from another one.
    mutating func mutated(_ input: [UInt8], with other: [UInt8], atMost maximumBytes: Int) -> [UInt8] {
        var bytes = input
        for _ in 0...Int.random(in: 0...5, using: &random) { change(&bytes, with: other) }
        return Array(bytes.prefix(maximumBytes))
    }

    private mutating func change(_ bytes: inout [UInt8], with other: [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = other
            return
        }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        let span = at..<min(bytes.count, at + Int.random(in: 1...64, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(at...)
        case 3: bytes.removeSubrange(span)
        case 4: bytes.insert(contentsOf: bytes[span], at: Int.random(in: 0...bytes.count, using: &random))
        case 5: bytes.insert(contentsOf: Self.troublesome.randomElement(using: &random) ?? [], at: at)
        case 6: bytes.replaceSubrange(span, with: repeatElement(bytes[at], count: span.count * 4))
        case 7: bytes.replaceSubrange(at..., with: other.suffix(other.count - min(at, other.count)))
        default:
            let value = Self.extremes.randomElement(using: &random) ?? 0
            for (offset, shift) in stride(from: 24, through: 0, by: -8).enumerated()
            where at + offset < bytes.count {
                bytes[at + offset] = UInt8(truncatingIfNeeded: value >> UInt32(shift))
            }
        }
    }

    /// Numbers at which lengths and indexes overflow.
    private static let extremes: [UInt32] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]

    /// What formats of text give a meaning to, and what no text is.
    private static let troublesome: [[UInt8]] =
        [
            [0], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], [0xC0, 0xAF], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
        ]
        + [
            "\r\n", "\n\n", "\"", "'", "{", "}", "[", "]]>", "<", "</", "<!--", "&#0;", "&x;", "\\u0000",
            "\\ud800", "-", "9999999999999999999", "1e999", "\u{2028}", "e\u{301}",
            "\u{1F469}\u{200D}\u{1F52C}",
        ].map { Array($0.utf8) }
}
