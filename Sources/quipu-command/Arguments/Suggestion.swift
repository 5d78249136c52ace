/// Finds the word that a mistyped one was probably meant to be.
enum Suggestion {
    /// The candidate with the fewest slips from `word`, the earliest of equals; `nil` when none is near.
    /// A third of the longer word may be wrong: one slip in three letters, two in six.
    static func closest(to word: String, among candidates: [String]) -> String? {
        let typed = Array(word.unicodeScalars.prefix(longestWord))
        var best: (word: String, slips: Int)?
        for candidate in candidates {
            let meant = Array(candidate.unicodeScalars)
            let slips = distance(typed, meant)
            guard slips <= max(1, max(typed.count, meant.count) / 3) else { continue }
            if slips < best?.slips ?? .max { best = (candidate, slips) }
        }
        return best?.word
    }

    /// Longer words are no misspelling of ours; the bound keeps the work small for a pasted text.
    private static let longestWord = 64

    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each
    /// counted one (Damerau 1964; the restricted form, which edits no place twice).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1] + [Int](repeating: 0, count: right.count)
            for column in right.indices {
                let same = left[row] == right[column]
                var slips = min(
                    last[column] + (same ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    slips = min(slips, beforeLast[column - 1] + 1)
                }
                current[column + 1] = slips
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
