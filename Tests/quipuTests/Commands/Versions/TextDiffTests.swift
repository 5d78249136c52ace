import Support
import Testing

@testable import quipu

struct TextDiffTests {
    @Test func `the changed words within a line are marked`() {
        let parts = TextDiff.parts(from: "that forty workers left", to: "that fifty workers have left")
        #expect(
            parts == [
                .same("that "), .removed("forty"), .added("fifty"), .same(" workers"), .added(" have"),
                .same(" left"),
            ])
    }

    @Test func `unchanged lines are counted and changed lines are shown`() {
        let diff = TextDiff(from: "one\ntwo\nthree", to: "one\ntwo more\nthree\nfour")
        #expect(
            diff.lines == [
                .same(count: 1), .changed([.same("two"), .added(" more")]), .same(count: 1), .added("four"),
            ])
    }

    @Test func `a diff shows lines without a common word as one removed and one added line`() {
        #expect(TextDiff(from: "alpha", to: "beta.").lines == [.removed("alpha"), .added("beta.")])
    }

    @Test func `the steps of a diff reproduce both sequences`() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<500 {
            func sequence() -> [String] {
                (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    "\(Int.random(in: 0...3, using: &generator))"
                }
            }
            let (old, new) = (sequence(), sequence())
            let steps = SequenceAlignment.steps(old, new)
            #expect(steps.flatMap { $0.same + $0.removed } == old)
            #expect(steps.flatMap { $0.same + $0.added } == new)
            #expect(steps.reduce(0) { $0 + $1.same.count } == longestCommon(old, new))
        }
    }

    @Test func `sequences that differ in too many places are shown whole`() {
        let old = (0..<5_000).map { "\($0)" }
        let new = Array(old.reversed())
        #expect(SequenceAlignment.steps(old, new) == [.init(same: [], removed: old, added: new)])
    }

    private func longestCommon(_ old: [String], _ new: [String]) -> Int {
        var row = [Int](repeating: 0, count: new.count + 1)
        for left in old {
            var next = row
            for (index, right) in new.enumerated() {
                next[index + 1] = left == right ? row[index] + 1 : max(row[index + 1], next[index])
            }
            row = next
        }
        return row[new.count]
    }
}
