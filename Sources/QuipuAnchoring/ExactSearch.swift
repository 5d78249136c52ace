/// Every place of a pattern in a text, by Knuth, Morris and Pratt ("Fast pattern matching in strings", 1977): linear also in
/// hostile texts.
public enum ExactSearch {
    /// More places than this are not told apart by anyone.
    static let mostPlaces = 10_000

    /// From the first on; they may overlap. None for an empty pattern.
    public static func places(of wanted: [Unicode.Scalar], in text: [Unicode.Scalar]) -> [Range<Int>] {
        find(wanted, in: text)
    }

    static func find<Element: Equatable>(_ wanted: [Element], in text: [Element]) -> [Range<Int>] {
        guard let first = wanted.first, wanted.count <= text.count else { return [] }
        var fallback = [Int](repeating: 0, count: wanted.count)
        var matched = 0
        for index in wanted.indices.dropFirst() {
            while matched > 0, wanted[index] != wanted[matched] { matched = fallback[matched - 1] }
            if wanted[index] == wanted[matched] { matched += 1 }
            fallback[index] = matched
        }
        var found: [Range<Int>] = []
        matched = 0
        for index in text.indices {
            let element = text[index]
            if matched == 0, element != first { continue }
            while matched > 0, element != wanted[matched] { matched = fallback[matched - 1] }
            if element == wanted[matched] { matched += 1 }
            if matched == wanted.count {
                found.append(index + 1 - matched..<index + 1)
                if found.count == mostPlaces { break }
                matched = fallback[matched - 1]
            }
        }
        return found
    }
}
