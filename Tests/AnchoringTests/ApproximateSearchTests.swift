import Support
import Testing

@testable import QuipuAnchoring

@Suite struct ApproximateSearchTests {
    /// The least distance of the pattern from any piece of the text that ends at each place: the table of Sellers.
    private func distances(of pattern: [UInt32], in text: [UInt32]) -> [Int] {
        var column = Array(0...pattern.count)
        return text.map { sign in
            var diagonal = column[0]
            for row in 1...pattern.count {
                let above = column[row]
                column[row] = min(
                    diagonal + (pattern[row - 1] == sign ? 0 : 1), above + 1, column[row - 1] + 1)
                diagonal = above
            }
            return column[pattern.count]
        }
    }

    private func signs(_ count: Int, of alphabet: UInt32, _ random: inout SplitMix64) -> [UInt32] {
        (0..<count).map { _ in 0x61 + UInt32.random(in: 0..<alphabet, using: &random) }
    }

    @Test(arguments: [1, 2, 30, 63, 64, 65, 128, 129, 200])
    func `an approximate search finds the same ends as the full table of distances`(length: Int) {
        var random = SplitMix64(seed: UInt64(length))
        for round in 0..<30 {
            let alphabet: UInt32 = round % 2 == 0 ? 2 : 5
            let pattern = signs(length, of: alphabet, &random)
            var text = signs(100, of: alphabet, &random)
            // Something like it stands there.
            var planted = pattern
            for _ in 0..<(length / 5) {
                planted[Int.random(in: 0..<planted.count, using: &random)] = 0x7A
            }
            text += planted + signs(50, of: alphabet, &random)
            let most = Int.random(in: 0..<max(1, length / 2), using: &random)
            let expected = distances(of: pattern, in: text).enumerated().compactMap { place, distance in
                distance <= most ? ApproximateSearch.End(end: place + 1, distance: distance) : nil
            }
            #expect(ApproximateSearch(pattern).ends(in: text, most: most, each: true) == expected)
        }
    }

    @Test func `a search with too many matches keeps the best ones`() {
        let word = Array("abcdefghij".unicodeScalars.map(\.value))
        var text: [UInt32] = []
        for number in 0..<5_000 {
            var near = word
            if number != 4_000 { near[5] = 0x7A }
            text += near + [0x20, 0x20, 0x20, 0x20]
        }
        let ends = ApproximateSearch(word).ends(in: text, most: 3)
        #expect(ends.count == ApproximateSearch.mostEnds)
        #expect(ends.contains(.init(end: 4_000 * 14 + 10, distance: 0)))
    }
}
