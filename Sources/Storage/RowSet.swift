/// Rows of a table, a bit each. Rows count up from 1; those far beyond what so many rows need are not taken up, so that a
/// file that was made to do harm costs no memory.
struct RowSet {
    private var words: [UInt64]

    /// - Parameter count: of rows in the table.
    init(expecting count: Int64) {
        words = Array(repeating: 0, count: Int(clamping: max(0, count) / 16) + 16)
    }

    /// False where the row is in the set already, or cannot be taken up.
    mutating func insert(_ row: Int64) -> Bool {
        guard let (word, bit) = place(of: row) else { return false }
        if words[word] & bit != 0 { return false }
        words[word] |= bit
        return true
    }

    func contains(_ row: Int64) -> Bool {
        guard let (word, bit) = place(of: row) else { return false }
        return words[word] & bit != 0
    }

    /// - Precondition: both expect as many.
    mutating func formUnion(_ other: RowSet) {
        precondition(words.count == other.words.count, "sets of one table are joined")
        for index in words.indices { words[index] |= other.words[index] }
    }

    private func place(of row: Int64) -> (word: Int, bit: UInt64)? {
        guard row >= 0, row / 64 < words.count else { return nil }
        return (Int(row / 64), 1 << UInt64(row % 64))
    }
}
