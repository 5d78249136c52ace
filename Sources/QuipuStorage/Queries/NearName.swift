/// Finds the name that a mistyped one was probably meant to be.
package enum NearName {
    /// Longer names are no misspelling of ours; the bound keeps the work small for a pasted text.
    private static let longestName = 64

    /// The candidate with the fewest slips from `name`, the earliest of equals; nil when none is near.
    /// A third of the longer name may be wrong: one slip in three letters, two in six.
    package static func closest(to name: String, among candidates: [String]) -> String? {
        let typed = Array(name.unicodeScalars.prefix(longestName))
        var best: (name: String, slips: Int)?
        for candidate in candidates {
            let meant = Array(candidate.unicodeScalars)
            let most = max(1, max(typed.count, meant.count) / 3)
            guard abs(typed.count - meant.count) <= most else { continue }
            let slips = distance(typed, meant)
            if slips <= most, slips < best?.slips ?? .max { best = (candidate, slips) }
        }
        return best?.name
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each
    /// counted one (Damerau 1964; the restricted form, which edits no place twice).
    package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1] + [Int](repeating: 0, count: right.count)
            for column in right.indices {
                let same = left[row] == right[column]
                var slips = min(last[column] + (same ? 0 : 1), last[column + 1] + 1, current[column] + 1)
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
