internal import Quipu

/// Finds the word that a mistyped one was probably meant to be.
enum Suggestion {
    /// The candidate with the fewest slips from `word`, the earliest of equals; `nil` when none is near.
    static func closest(to word: String, among candidates: [String]) -> String? {
        Spelling.closest(to: word, among: candidates)
    }

    /// Insertions, deletions, substitutions and swaps of neighbours, each counted one.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        Spelling.distance(left, right)
    }
}
