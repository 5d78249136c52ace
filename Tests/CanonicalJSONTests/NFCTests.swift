@_spi(_Unicode) import Swift
import Testing

@testable import QuipuCanonicalJSON

@Suite struct NFCTests {
    private func plain(_ text: String) -> [Unicode.Scalar] { Array(text._nfc) }

    @Test func `every code point normalises as in the standard library, alone and next to others`() {
        for value in UInt32(0)...0x1_1FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var text = "a"
            text.unicodeScalars.append(scalar)
            text.unicodeScalars.append(contentsOf: ["\u{301}", "o", "\u{301}"])
            text.unicodeScalars.append(scalar)
            let isSame = Array(text.nfc.unicodeScalars) == plain(text)
            if !isSame { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test func `combining marks compose across the runs that are copied unchanged`() {
        #expect(
            Array("Leni\u{301}n 中\u{1100}\u{1161}\u{11A8}文 q\u{323}\u{307}".nfc.utf8)
                == Array("Lenín 中각文 q\u{323}\u{307}".utf8))
        #expect(Array("\u{301}".nfc.utf8) == Array("\u{301}".utf8))
        #expect(Array("\u{212B}".nfc.utf8) == Array("Å".utf8))
        #expect("".nfc == "")
    }

    @Test func `long runs of combining marks normalise as in the standard library`() {
        var random = RandomJSON(seed: 6)
        let marks: [Unicode.Scalar] = [
            "\u{301}", "\u{327}", "\u{323}", "\u{345}", "\u{344}", "\u{F73}", "\u{F75}", "\u{F81}", "\u{F72}",
            "\u{3099}",
        ]
        for _ in 0..<500 {
            var text = "e".unicodeScalars
            for _ in 0..<random.below(120) { text.append(marks[random.below(marks.count)]) }
            text.append(contentsOf: "e\u{301}x".unicodeScalars)
            let isSame = Array(String(text).nfc.unicodeScalars) == plain(String(text))
            #expect(isSame, "\(text.map { String($0.value, radix: 16) })")
        }
    }

    @Test func `a long text of unordered combining marks is normalised without quadratic time`() {
        // Sorted by insertion, these would take minutes.
        for marks in ["\u{301}\u{327}", "\u{F73}"] {
            let normal = ("a" + String(repeating: marks, count: 100_000)).nfc
            #expect(normal.unicodeScalars.count > 100_000)
        }
    }

    @Test func `random mixtures normalise as in the standard library`() {
        var random = RandomJSON(seed: 5)
        let alphabet: [Unicode.Scalar] = [
            "a", "e", " ", "é", "\u{301}", "\u{323}", "\u{345}", "α", "ά", "и", "\u{306}", "가", "\u{11A8}",
            "\u{1100}", "\u{1161}", "か", "\u{3099}", "\u{958}", "’", "\u{2126}", "😀", "\u{9C7}", "\u{9BE}",
        ]
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<random.below(12) { text.append(alphabet[random.below(alphabet.count)]) }
            #expect(Array(String(text).nfc.unicodeScalars) == plain(String(text)))
        }
    }
}
