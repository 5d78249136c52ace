import Support
import Testing

@testable import QuipuStorage

struct ProseUnitsTests {
    /// `|` between units, `_` for white space, `+` before a joined word.
    private func drawn(_ text: String) -> String {
        ProseUnits.units(of: Array(text.utf8)).map { unit in
            let bytes = String(decoding: unit.bytes, as: UTF8.self)
            return switch unit.role {
            case .word: bytes
            case .joinedWord: "+" + bytes
            case .whiteSpace: "_\(bytes.utf8.count)"
            }
        }.joined(separator: "|")
    }

    @Test(arguments: [
        ("", ""), ("one", "one"), ("one two, three.", "one|two,|three."),
        (" one  two ", "_1|one|_2|two|_1"), ("one\ntwo", "one|_1|two"), ("one\n\ntwo\n", "one|_1|_1|two|_1"),
        ("one \r\n two", "one|_1|_2|_1|two"), ("a\r\rb", "a|_1|_1|b"), ("\t\ta b", "_2|a|b"),
        ("水来了。树很高，人少。", "水来了。|+树很高，|+人少。"), ("水。 树", "水。|树"), ("！？b", "！？|+b"),
        ("don't stop—now", "don't|stop—now"), ("\u{a0}", "\u{a0}"),
    ])
    func `a text is split into words, line ends and other white space`(text: String, units: String) {
        #expect(drawn(text) == units)
    }

    @Test func `joined units give the same bytes again`() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<20_000 {
            let bytes = MergeTexts.anyText(of: 0...24, using: &random)
            let units = ProseUnits.units(of: bytes)
            #expect(ProseUnits.text(of: units) == bytes, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `an added word leaves the units around it unchanged`() {
        let words = ProseUnits.units(of: Array("one two three".utf8))
        for text in ["zero one two three", "one two three four", "one two and three"] {
            let longer = ProseUnits.units(of: Array(text.utf8))
            #expect(longer.count == 4 && words.allSatisfy(longer.contains), "\(text)")
        }
    }
}
