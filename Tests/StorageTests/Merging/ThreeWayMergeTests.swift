import Support
import Testing

@testable import QuipuStorage

struct ThreeWayMergeTests {
    private let paragraph = "The old mill by the river was sold on Monday to two sisters from Lima."

    @Test(arguments: [
        // Different words of one paragraph.
        (
            "The new mill by the river was sold on Monday to two sisters from Lima.",
            "The old mill by the river was sold on Monday to three brothers from Lima.",
            "The new mill by the river was sold on Monday to three brothers from Lima."
        ),
        // One adds in front, the other at the end, on the same line.
        (
            "Sold: The old mill by the river was sold on Monday to two sisters from Lima.",
            "The old mill by the river was sold on Monday to two sisters from Lima. It will be a school.",
            "Sold: The old mill by the river was sold on Monday to two sisters from Lima. It will be a school."
        ),
        // One cuts the paragraph in two while the other takes a word out.
        (
            "The old mill by the river\n\nwas sold on Monday to two sisters from Lima.",
            "The old mill by the river was sold to two sisters from Lima.",
            "The old mill by the river\n\nwas sold to two sisters from Lima."
        ),
        // The same change on both sides is one change.
        (
            "The old mill by the river was sold on Friday to two sisters from Lima.",
            "The old mill by the lake was sold on Friday to two sisters from Lima.",
            "The old mill by the lake was sold on Friday to two sisters from Lima."
        ),
    ])
    func `the merged text contains both changes`(one: String, other: String, both: String) {
        #expect(ThreeWayMerge.merge(base: paragraph, one, other) == .merged(both))
        #expect(ThreeWayMerge.merge(base: paragraph, other, one) == .merged(both))
    }

    @Test(arguments: [
        // The same word.
        ("a b red d e", "a b blue d e"),
        // Neighbouring words: "a red coat" and "a b coats" would make "a red coats".
        ("a red c d e", "a b coats d e"),
        // A word taken out beside a word changed.
        ("a c d e", "a b C d e"),
        // Two words put into one place, or at one end.
        ("a b one c d e", "a b other c d e"), ("a b c d e one", "a b c d e other"),
        // A word put in beside a word changed.
        ("a b one c d e", "a b C d e"),
        // All taken away, and one word changed.
        ("", "a b c d E"),
    ])
    func `changes that overlap or touch are a conflict`(one: String, other: String) {
        #expect(ThreeWayMerge.merge(base: "a b c d e", one, other) == .overlapping)
        #expect(ThreeWayMerge.merge(base: "a b c d e", other, one) == .overlapping)
    }

    @Test func `an ambiguous removal of one of two equal words is a conflict`() {
        let outcome = ThreeWayMerge.merge(
            base: "so it is not it so so", "so it is not not it it so", "so it is not it so")
        #expect(outcome == .overlapping)
    }

    @Test func `one word between two changes is enough to merge them`() {
        #expect(ThreeWayMerge.merge(base: "a b c d e", "a B c d e", "a b c D e") == .merged("a B c D e"))
        #expect(ThreeWayMerge.merge(base: "a b", "one a b", "a b other") == .merged("one a b other"))
        #expect(ThreeWayMerge.merge(base: "a", "one a", "a other") == .merged("one a other"))
    }

    @Test func `scripts without spaces are merged by their clauses`() {
        let merged = ThreeWayMerge.merge(
            base: "河水很高。人们很少。磨坊卖了。", "河水不高。人们很少。磨坊卖了。", "河水很高。人们很少。磨坊还在。")
        #expect(merged == .merged("河水不高。人们很少。磨坊还在。"))
        #expect(ThreeWayMerge.merge(base: "河水很高。", "河水不高。", "湖水很高。") == .overlapping)
    }

    @Test func `a merge keeps the form of every byte`() {
        let merged = ThreeWayMerge.merge(
            base: "e\u{301} one\r\n  two\u{0}\tthree four", "é one\r\n  two\u{0}\tthree four",
            "e\u{301} one\r\n  two\u{0}\tthree 4\n")
        guard case .merged(let text) = merged else {
            Issue.record("\(merged)")
            return
        }
        #expect(Array(text.utf8) == Array("é one\r\n  two\u{0}\tthree 4\n".utf8))
    }

    @Test func `texts beyond the limits are left to people`() {
        let most = Array(repeating: "w", count: ThreeWayMerge.mostUnits).joined(separator: " ")
        #expect(ThreeWayMerge.merge(base: most, most, most) == .merged(most))
        #expect(ThreeWayMerge.merge(base: most, most, most + " w") == .tooLong)
        let long = String(repeating: "w", count: ThreeWayMerge.mostBytes)
        #expect(ThreeWayMerge.merge(base: long, long, "") == .merged(""))
        #expect(ThreeWayMerge.merge(base: "", long + "w", "") == .tooLong)
    }
}
