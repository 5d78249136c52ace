import Support
import Testing

@testable import QuipuStorage

/// What holds for all texts, tried on random ones of every form.
struct MergeLawTests {
    private struct Triple {
        let base, one, other: String
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func triples(_ count: Int, seed: UInt64, _ body: (Triple) -> Void) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<count {
            let base = MergeTexts.anyText(of: 0...30, using: &random)
            body(
                Triple(
                    base: text(base), one: text(MergeTexts.edited(base, mark: "A", using: &random)),
                    other: text(MergeTexts.edited(base, mark: "B", using: &random))))
        }
    }

    private func units(_ text: String) -> [ProseUnits.Unit] { ProseUnits.units(of: Array(text.utf8)) }

    private func isSame(_ outcome: ThreeWayMerge.Outcome, _ text: String) -> Bool {
        guard case .merged(let merged) = outcome else { return false }
        return Array(merged.utf8) == Array(text.utf8)
    }

    @Test func `a change on one side only, or the same change on both, is the result`() {
        triples(2_000, seed: 1) { texts in
            #expect(isSame(ThreeWayMerge.merge(base: texts.base, texts.base, texts.one), texts.one))
            #expect(isSame(ThreeWayMerge.merge(base: texts.base, texts.one, texts.base), texts.one))
            #expect(isSame(ThreeWayMerge.merge(base: texts.base, texts.one, texts.one), texts.one))
        }
    }

    @Test func `the sides of a merge are interchangeable`() {
        triples(3_000, seed: 2) { texts in
            #expect(
                ThreeWayMerge.merge(base: texts.base, texts.one, texts.other)
                    == ThreeWayMerge.merge(base: texts.base, texts.other, texts.one), "\(texts)")
        }
    }

    @Test func `a merge loses no unit, invents none and makes no new neighbours`() throws {
        let library = try #require(GitLibrary.loaded)
        var merges = 0
        triples(6_000, seed: 3) { texts in
            let (base, one, other) = (units(texts.base), units(texts.one), units(texts.other))
            guard let merged = library.merge(base: base, one, other) else { return }
            merges += 1
            // Each side's words are there, as often and in the order that it wrote them.
            for (side, mark) in [(one, UInt8(ascii: "A")), (other, UInt8(ascii: "B"))] {
                func own(_ units: [ProseUnits.Unit]) -> [ArraySlice<UInt8>] {
                    units.map(\.bytes).filter { $0.contains(mark) }
                }
                #expect(own(merged) == own(side), "\(texts)")
            }
            // What both keep of the old text is kept, and what neither has is nowhere.
            for unit in Set(base + one + other + merged) {
                let counts = [base, one, other, merged].map { $0.count { $0 == unit } }
                #expect(counts[3] >= min(counts[0], counts[1] + counts[2] - counts[0]), "\(texts)")
                #expect(counts[3] <= counts[1] + counts[2], "\(texts)")
            }
            let neighbours = Set([one, other].flatMap { side in zip(side, side.dropFirst()).map(Pair.init) })
            for pair in zip(merged, merged.dropFirst()).map(Pair.init) {
                #expect(neighbours.contains(pair), "\(texts)")
            }
        }
        #expect(merges > 1_000)
    }

    /// Words that occur once leave no doubt which is which, so the merged text is known beforehand.
    @Test func `separate changes are both applied, and all others are a conflict`() {
        var random = SplitMix64(seed: 4)
        var outcomes = (merged: 0, overlapping: 0)
        for _ in 0..<4_000 {
            let count = Int.random(in: 1...12, using: &random)
            let base = (0..<count).map { "w\($0)" }
            func change(_ word: String) -> (range: Range<Int>, words: [String]) {
                let start = Int.random(in: 0...count, using: &random)
                let end = Int.random(in: start...min(count, start + 2), using: &random)
                let added = Int.random(in: start == end ? 1...2 : 0...2, using: &random)
                return (start..<end, (0..<added).map { "\(word)\($0)" })
            }
            func applied(_ changes: [(range: Range<Int>, words: [String])]) -> String {
                var words = base
                for change in changes.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
                    words.replaceSubrange(change.range, with: change.words)
                }
                return words.joined(separator: " ")
            }
            let (one, other) = (change("a"), change("b"))
            let outcome = ThreeWayMerge.merge(
                base: base.joined(separator: " "), applied([one]), applied([other]))
            let areApart =
                one.range.upperBound < other.range.lowerBound || other.range.upperBound < one.range.lowerBound
            if areApart {
                #expect(outcome == .merged(applied([one, other])))
                outcomes.merged += 1
            } else if one.range != other.range || one.words != other.words {
                #expect(outcome == .overlapping)
                outcomes.overlapping += 1
            }
        }
        #expect(outcomes.merged > 500 && outcomes.overlapping > 500)
    }

    private struct Pair: Hashable {
        let first, second: ProseUnits.Unit
    }
}
