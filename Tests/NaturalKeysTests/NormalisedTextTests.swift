import QuipuNaturalKeys
import Testing

/// Frozen vectors: record ids in archives depend on every one. Add to them; never change one.
@Suite struct NormalisedTextTests {
    @Test(arguments: [
        ("", ""), (" \t\r\n\u{a0}\u{3000} ", ""), ("\u{feff}a", "a"),
        ("a b", "a b"), ("  a\r\nb\n\n c\u{2028}d\u{85}e ", "a b c d e"),
        ("counter\u{ad}reform", "counterreform"), ("a\u{200b}b\u{200c}c\u{200d}d\u{2060}e", "abcde"),
        ("a \u{200b} b", "a b"), ("Leni\u{301}n", "Lenín"), ("e\u{ad}\u{301}", "é"), ("\u{212b}", "Å"),
        ("ﬁ ① Ａ", "ﬁ ① Ａ"), ("“Quoted” – text…", "“Quoted” – text…"), ("A a", "A a"),
        ("中文 中文", "中文 中文"), ("a\u{0}b", "a\u{0}b"),
    ])
    func `texts that differ only in typesetting normalise to the same text`(given: String, expected: String) {
        let normal = NormalisedText.normalise(given)
        #expect(Array(normal.utf8) == Array(expected.utf8))
        #expect(Array(NormalisedText.normalise(normal).utf8) == Array(normal.utf8))
    }

    /// The same rule, code point by code point.
    private static func plainly(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var isSpaceDue = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xad, 0x200b...0x200d, 0x2060, 0xfeff: continue
            case 0x09...0x0d, 0x20, 0x85, 0xa0, 0x2028: isSpaceDue = !out.isEmpty
            default:
                if isSpaceDue { out.append(" ") }
                isSpaceDue = false
                out.append(scalar)
            }
        }
        return String(out)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `any text is normalised as the rules say, at any position`(seed: UInt64) {
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let rare = [
            " ", "  ", "\n", "\t ", "\u{7f}", "\u{1f}", "~", "\u{ad}", "\u{200b}", "\u{a0}", "中", "é", "𝄞",
            "\0",
        ]
        for _ in 0..<200 {
            var text = ""
            for _ in 0..<next(12) {
                text += String(repeating: "word, ", count: next(4)) + "abcdefghijkl".prefix(next(13))
                text += rare[next(rare.count)]
            }
            #expect(Array(NormalisedText.normalise(text).utf8) == Array(Self.plainly(text).utf8))
        }
    }
}
