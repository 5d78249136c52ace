/// Whether a title may be a correction of another one: they share most of what they are made of.
enum TitleSimilarity {
    /// Longer titles are compared by their beginnings.
    private static let maximumLetters = 400

    /// True where the pairs of neighbouring letters of both have a Dice coefficient of 0.6 or more. Case, spaces and punctuation do
    /// not count. It works in scripts without spaces too.
    static func areAlike(_ one: String, _ other: String) -> Bool {
        let (one, other) = (pairs(of: one), pairs(of: other))
        let total = one.values.reduce(0, +) + other.values.reduce(0, +)
        let shared = one.reduce(0) { $0 + min($1.value, other[$1.key] ?? 0) }
        return total > 0 && shared * 20 >= total * 6
    }

    private static func pairs(of title: String) -> [[Unicode.Scalar]: Int] {
        let letters = title.lowercased().unicodeScalars.lazy
            .filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }.prefix(maximumLetters)
        var pairs: [[Unicode.Scalar]: Int] = [:]
        for (one, next) in zip(letters, letters.dropFirst()) { pairs[[one, next], default: 0] += 1 }
        return pairs
    }
}
