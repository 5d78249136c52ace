import NaturalKeys
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
    func `texts that differ in typesetting alone are one`(given: String, expected: String) {
        let normal = NormalisedText.normalise(given)
        #expect(Array(normal.utf8) == Array(expected.utf8))
        #expect(Array(NormalisedText.normalise(normal).utf8) == Array(normal.utf8))
    }
}
