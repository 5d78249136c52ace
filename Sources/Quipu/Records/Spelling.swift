internal import QuipuStorage

/// How near words are to each other.
package enum Spelling {
    /// The candidate with the fewest slips from `word`, the earliest of equals; nil if none is near.
    package static func closest(to word: String, among candidates: [String]) -> String? {
        NearName.closest(to: word, among: candidates)
    }

    /// Insertions, deletions, substitutions and swaps of neighbours, each counted one.
    package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        NearName.distance(left, right)
    }
}
