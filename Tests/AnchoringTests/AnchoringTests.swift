import QuipuAnchoring
import Support
import Testing

/// A text of words that are made up, and passages of it.
private struct Scene {
    var random: SplitMix64
    var words: [String] = []

    init(seed: UInt64, vocabulary: Int = 400) {
        random = SplitMix64(seed: seed)
        for _ in 0..<vocabulary {
            let length = Int.random(in: 2...9, using: &random)
            words.append(String((0..<length).map { _ in letter() }))
        }
    }

    private mutating func letter() -> Character {
        Character(Unicode.Scalar(0x61 + UInt32.random(in: 0..<26, using: &random)) ?? "a")
    }

    mutating func text(words count: Int) -> [Unicode.Scalar] {
        var text = String.UnicodeScalarView()
        for number in 0..<count {
            text.append(contentsOf: words[Int.random(in: 0..<words.count, using: &random)].unicodeScalars)
            text.append(contentsOf: (number % 17 == 16 ? ".\n\n" : " ").unicodeScalars)
        }
        return Array(text)
    }

    /// Some letters become others, vanish or are doubled: one in `rate` of them.
    mutating func edited(_ text: ArraySlice<Unicode.Scalar>, rate: Int) -> [Unicode.Scalar] {
        var out: [Unicode.Scalar] = []
        for scalar in text {
            guard Int.random(in: 0..<rate, using: &random) == 0 else {
                out.append(scalar)
                continue
            }
            switch Int.random(in: 0..<3, using: &random) {
            case 0: break
            case 1: out += ["Q"]
            default: out += [scalar, "Q"]
            }
        }
        return out
    }

    mutating func range(_ length: Int, in text: [Unicode.Scalar]) -> Range<Int> {
        let start = Int.random(in: 0...(text.count - length), using: &random)
        return start..<start + length
    }
}

private func quotation(_ range: Range<Int>, of text: [Unicode.Scalar]) -> Quotation {
    Quotation(
        exact: Array(text[range]), prefix: Array(text[max(0, range.lowerBound - 32)..<range.lowerBound]),
        suffix: Array(text[range.upperBound..<min(text.count, range.upperBound + 32)]))
}

private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

@Suite struct AnchoringTests {
    @Test func `a passage of an unchanged text is found word for word`() {
        var scene = Scene(seed: 1)
        let text = scene.text(words: 300)
        let anchoring = AnchoringText(text)
        for length in [1, 2, 5, 20, 100, 700] {
            for _ in 0..<20 {
                let range = scene.range(length, in: text)
                var quoted = quotation(range, of: text)
                quoted.place = range.lowerBound
                let anchor = anchoring.anchor(quoted)
                #expect(anchor?.range == range)
                #expect(anchor?.score == 1)
                #expect(anchor.map { $0.method != .fuzzy } == true)
            }
        }
    }

    @Test(arguments: [20, 60, 65, 200, 1_000, 5_000])
    func `a passage with edits in it and around it is found, and nothing else is`(length: Int) {
        var scene = Scene(seed: UInt64(length))
        for _ in 0..<15 {
            let text = scene.text(words: 1_500)
            let range = scene.range(length, in: text)
            let lead = scene.text(words: 40)
            let before = scene.edited(text[..<range.lowerBound], rate: 12)
            let passage = scene.edited(text[range], rate: 12)
            let after = scene.edited(text[range.upperBound...], rate: 12)
            let start = lead.count + before.count
            let truth = start..<start + passage.count
            guard
                let anchor = AnchoringText(lead + before + passage + after).anchor(quotation(range, of: text))
            else {
                Issue.record("a passage of \(length) is lost")
                continue
            }
            #expect(anchor.score >= Anchor.floor)
            // What was changed at an end may be counted as within or without.
            #expect(abs(anchor.range.lowerBound - truth.lowerBound) <= 4, "\(anchor), not \(truth)")
            #expect(abs(anchor.range.upperBound - truth.upperBound) <= 4, "\(anchor), not \(truth)")
        }
    }

    @Test func `of repeated passages the one with the context is found`() {
        var scene = Scene(seed: 7)
        let passage = scalars("the mill on the river burned down")
        for _ in 0..<40 {
            var text: [Unicode.Scalar] = []
            var ranges: [Range<Int>] = []
            for _ in 0..<12 {
                text += scene.text(words: 20)
                ranges.append(text.count..<text.count + passage.count)
                text += passage
            }
            text += scene.text(words: 20)
            for range in ranges {
                let quoted = quotation(range, of: text)
                let anchor = AnchoringText(text).anchor(quoted)
                #expect(anchor?.range == range)
                #expect(anchor?.method == .context)
                // Also when what stands around them was edited, and something was put before it.
                let lead = scene.text(words: 9)
                let before = scene.edited(text[..<range.lowerBound], rate: 10)
                let after = scene.edited(text[range.upperBound...], rate: 10)
                let changed = AnchoringText(lead + before + passage + after).anchor(quoted)
                #expect(changed?.range.lowerBound == lead.count + before.count)
            }
        }
    }

    @Test func `of several similar places the one nearest to the expected position is chosen`() {
        let text = AnchoringText(scalars(String(repeating: "again and again. ", count: 30)))
        for occurrence in 5..<25 {
            let start = occurrence * 17
            let range = start..<start + 16
            var quoted = quotation(range, of: text.scalars)
            #expect(text.anchor(quoted)?.score == 1)
            quoted.place = start + 3
            #expect(text.anchor(quoted)?.range == range)
            // In proportion, as another program counts.
            quoted.place = Quotation.place(
                ofForeign: start * 3, length: text.scalars.count * 3, in: text.scalars.count)
            #expect(text.anchor(quoted)?.range == range)
        }
    }

    @Test(arguments: [4, 20, 64, 65, 300, 2_000])
    func `a passage of another text is lost`(length: Int) {
        for seed in 0..<20 as Range<UInt64> {
            var scene = Scene(seed: 100 + seed)
            var other = Scene(seed: 900 + seed)
            let text = other.text(words: 2_000)
            let quoted = quotation(scene.range(length, in: text), of: text)
            #expect(AnchoringText(scene.text(words: 2_000)).anchor(quoted) == nil)
        }
    }

    @Test func `a short word whose context is gone is lost even if it occurs elsewhere`() {
        let text = scalars("They met at the mill in spring, when the water was high and the road was closed.")
        let quoted = quotation(16..<20, of: text)
        #expect(String(String.UnicodeScalarView(quoted.exact)) == "mill")
        let other = AnchoringText(
            scalars("Every other sentence was written anew; one mill is left of it all."))
        #expect(other.anchor(quoted) == nil)
        #expect(other.anchor(Quotation(exact: quoted.exact))?.method == .exact)
    }

    @Test(
        arguments: [
            (
                "as the report says",
                "He wrote [as the *report* says](https://example.org/a_(b)?c=d), twice.",
                "as the *report* says"
            ),
            ("one two  three\n\tfour", "Zero one two\n\nthree four five", "one two\n\nthree four"),
            ("“It’s late” – he said…", "\"It's late\" - he said...", "\"It's late\" - he said..."),
            ("co\u{AD}opera\u{AD}tion now", "a cooperation now b", "cooperation now"),
            ("A heading Then text", "## A heading\n\n> Then text", "A heading\n\n> Then text"),
            ("x y", "a\u{A0}x\u{A0}y", "x\u{A0}y"),
        ])
    func `white space, typography and Markdown do not hide a passage`(
        quote: String, text: String, found: String
    ) {
        let text = scalars(text)
        let anchor = AnchoringText(text).anchor(Quotation(exact: scalars(quote)))
        #expect(anchor.map { String(String.UnicodeScalarView(text[$0.range])) } == found)
        #expect(anchor?.score == 1)
        #expect(anchor?.method == .fuzzy)
    }

    @Test func `long quotations in long texts are found by the pieces that they have in common`() {
        var scene = Scene(seed: 11, vocabulary: 5_000)
        let text = scene.text(words: 60_000)
        #expect(text.count > 300_000)
        for length in [2_000, 10_000] {
            let range = scene.range(length, in: text)
            let passage = scene.edited(text[range], rate: 8)
            let changed = text[..<range.lowerBound] + passage + text[range.upperBound...]
            let anchor = AnchoringText(Array(changed)).anchor(quotation(range, of: text))
            #expect(anchor.map { abs($0.range.lowerBound - range.lowerBound) <= 2 } == true)
            #expect(anchor.map { abs($0.range.upperBound - range.lowerBound - passage.count) <= 2 } == true)
            #expect(anchor?.method == .fuzzy)
        }
    }

    @Test func `a text of one repeated letter is searched without failing`() {
        let same = AnchoringText([Unicode.Scalar](repeating: "a", count: 300_000))
        let quoted = Quotation(
            exact: [Unicode.Scalar](repeating: "a", count: 1_000) + ["b"],
            prefix: [Unicode.Scalar](repeating: "a", count: 32))
        #expect(same.anchor(quoted)?.score ?? 0 > 0.99)
        // No piece of a long one tells where it is, so that it is given up.
        let long = Quotation(exact: [Unicode.Scalar](repeating: "a", count: 9_000) + ["b"])
        #expect(same.anchor(long) == nil)
        #expect(same.anchor(Quotation(exact: [Unicode.Scalar](repeating: "b", count: 9_000))) == nil)
        #expect(same.anchor(Quotation(exact: [])) == nil)
        #expect(AnchoringText([]).anchor(Quotation(exact: ["a"], prefix: ["b"])) == nil)
    }
}
