/// Rows of a table, a bit each. Rows count up from 1; those far beyond what so many rows need are not taken up, so that a
/// file that was made to do harm costs no memory.
struct RowSet {
    /// What may be missing before the first row of a set, and between one and the next.
    private static let (firstGap, gap): (Int64, Int64) = (1 << 19, 64)

    private var words: [UInt64] = []
    private var count: Int64 = 0

    /// False where the row is in the set already, or cannot be taken up.
    mutating func insert(_ row: Int64) -> Bool {
        guard row >= 0, row < Self.firstGap + Self.gap * count else { return false }
        let (word, bit) = Self.place(of: row)
        if word >= words.count { extend(to: max(word + 1, 2 * words.count)) }
        if words[word] & bit != 0 { return false }
        words[word] |= bit
        count += 1
        return true
    }

    func contains(_ row: Int64) -> Bool {
        guard row >= 0 else { return false }
        let (word, bit) = Self.place(of: row)
        return word < words.count && words[word] & bit != 0
    }

    /// - Precondition: none is in both.
    mutating func formUnion(_ other: RowSet) {
        count += other.count
        extend(to: other.words.count)
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }

    private mutating func extend(to count: Int) {
        words.append(contentsOf: repeatElement(0, count: max(0, count - words.count)))
    }

    private static func place(of row: Int64) -> (word: Int, bit: UInt64) {
        (Int(row / 64), 1 << UInt64(row % 64))
    }
}
