/// Edit distances (insertions, deletions, substitutions) of short pieces, by the table of Wagner and Fischer.
enum EditDistance {
    /// The least distance of the pattern from any beginning of the text, and the length of that.
    static func ofBeginning(
        _ pattern: some Collection<UInt32>, _ text: some Collection<UInt32>
    ) -> (distance: Int, length: Int) {
        guard !pattern.isEmpty else { return (0, 0) }
        // Longer beginnings only add to the distance.
        let text = text.prefix(2 * pattern.count)
        var column = Array(0...pattern.count)
        var best = (distance: pattern.count, length: 0)
        for (place, sign) in text.enumerated() {
            step(&column, pattern, sign)
            if column[pattern.count] < best.distance { best = (column[pattern.count], place + 1) }
        }
        return best
    }

    static func between(_ one: some Collection<UInt32>, _ other: some Collection<UInt32>) -> Int {
        var column = Array(0...one.count)
        for sign in other { step(&column, one, sign) }
        return column[one.count]
    }

    private static func step(_ column: inout [Int], _ pattern: some Collection<UInt32>, _ sign: UInt32) {
        var diagonal = column[0]
        column[0] += 1
        var row = 1
        for wanted in pattern {
            let above = column[row]
            column[row] = min(
                diagonal + (wanted == sign ? 0 : 1), min(column[row - 1], above) + 1)
            diagonal = above
            row += 1
        }
    }
}
