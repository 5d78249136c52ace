import QuipuStorage
import Support
import Testing

struct PassageTextTests {
    static let body = "The cat sat. The dog sat. The cat ran.\nA bird, far off, sang to the cat."

    @Test func `line ends and the way accents are written do not move a passage`() {
        let plain = PassageText("un café\n\nne\nne\nne\nne x")
        #expect(
            PassageText("un cafe\u{301}\r\n\rne\u{85}ne\u{2028}ne\u{2029}ne x")[0..<plain.count]
                == plain[0..<plain.count])
        #expect(PassageText("a cafe\u{301} b").occurrences(of: "café b") == [2..<8])
    }

    @Test func `occurrences may overlap, and an empty quotation has none`() {
        #expect(PassageText("banana").occurrences(of: "ana") == [1..<4, 3..<6])
        #expect(PassageText("banana").occurrences(of: "") == [])
        #expect(PassageText("").occurrences(of: "a") == [])
    }

    @Test func `occurrences match a naive search`() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<300 {
            func word(_ longest: Int) -> String {
                String(
                    (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                        Bool.random(using: &generator) ? "a" : "b"
                    })
            }
            let (text, wanted) = (PassageText(word(40)), word(4))
            let length = wanted.count
            let expected = (0...max(0, text.count - length)).map { $0..<$0 + length }.filter {
                text[$0] == wanted
            }
            #expect(text.occurrences(of: wanted) == expected)
        }
    }

    @Test func `a selector holds the quotation and the text around it`() {
        let text = PassageText(Self.body)
        let selector = text.selector(for: 13..<16)
        #expect(
            selector
                == TextSelector(
                    exact: "The", prefix: "The cat sat. ", suffix: " dog sat. The cat ran.\nA bird, f",
                    start: 13, end: 16))
        #expect(TextSelector(quote: selector.quoteJSON, position: selector.positionJSON) == selector)
    }

    @Test func `an unchanged passage is found at its position`() {
        let text = PassageText(Self.body)
        for start in 0..<text.count {
            for length in [1, 3, 10] where start + length <= text.count {
                let range = start..<start + length
                #expect(text.find(text.selector(for: range)) == .found(range))
            }
        }
    }

    @Test func `a moved passage is found by the text around it`() {
        let selector = PassageText(Self.body).selector(for: 30..<33)
        #expect(PassageText("Once upon a time. " + Self.body).find(selector) == .moved(48..<51))
        // The same words elsewhere, even nearer to the old place, are not it.
        #expect(PassageText("cat " + Self.body).find(selector) == .moved(34..<37))
    }

    @Test func `the nearest of several places with the same context is chosen`() {
        let selector = TextSelector(exact: "x", prefix: "", suffix: "", start: 10, end: 11)
        #expect(PassageText("x       x     x").find(selector) == .moved(8..<9))
    }

    @Test func `a rewritten passage is located by the text around it`() {
        let selector = PassageText(Self.body).selector(for: 13..<24)
        let changed = PassageText(
            "The cat sat. Two dogs sat. The cat ran.\nA bird, far off, sang to the cat.")
        guard case .changed(let range) = changed.find(selector) else {
            Issue.record("\(changed.find(selector))")
            return
        }
        #expect(changed[range] == "Two dogs sat")
    }

    @Test func `the ends of a text serve as context too`() {
        let text = PassageText(Self.body)
        let last = text.selector(for: text.count - 8..<text.count)
        #expect(last.suffix == "")
        let changed = PassageText(Self.body.dropLast(8) + "a dog.")
        #expect(changed.find(last).word == "changed")
        #expect(changed.find(last).range.map { changed[$0] } == "a dog.")
    }

    @Test func `a passage whose surroundings are gone is lost`() {
        let selector = PassageText(Self.body).selector(for: 13..<24)
        #expect(PassageText("Nothing of this is left.").find(selector) == .lost)
        #expect(PassageText("").find(selector) == .lost)
    }

    @Test(arguments: [#"{}"#, #"{"exact":""}"#, #"{"exact":5}"#, #"[]"#, "", #"{"exact":"#])
    func `a selector without a quotation is refused`(quote: String) {
        #expect(TextSelector(quote: Array(quote.utf8), position: nil) == nil)
    }

    @Test(arguments: [
        #"{"start":1e300,"end":-5}"#, #"{"start":-1}"#, #"{"start":0.5,"end":"x"}"#,
        #"{"start":9007199254740992,"end":1}"#,
        "null", "{",
    ])
    func `a malformed position is ignored`(position: String) {
        let selector = TextSelector(quote: Array(#"{"exact":"cat"}"#.utf8), position: Array(position.utf8))
        #expect(selector.map { PassageText(Self.body).find($0) } == .moved(4..<7))
    }

    @Test func `a similar quotation is found regardless of case, space and typography`() {
        let text = PassageText("He said:  “It’s  a\nSTRIKE” – twice.")
        #expect(text.nearest(to: "it's a strike\" - Twice").map { text[$0] } == "It’s  a\nSTRIKE” – twice")
        #expect(text.nearest(to: "never") == nil)
        #expect(text.nearest(to: "  ") == nil)
    }

    @Test func `an adversarial text does not slow the search down`() {
        let text = PassageText(String(repeating: "a", count: 200_000))
        #expect(text.occurrences(of: String(repeating: "a", count: 50_000) + "b") == [])
        let selector = TextSelector(
            exact: "aab", prefix: String(repeating: "a", count: 32),
            suffix: String(repeating: "a", count: 32),
            start: 100_000, end: 100_003)
        #expect(text.find(selector).word == "changed")
    }
}
