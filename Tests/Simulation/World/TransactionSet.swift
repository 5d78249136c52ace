/// A set of transactions, each known by the number that `Ledger` gave its chain hash, which no branch changes.
struct TransactionSet: Equatable {
    private var words: [UInt64] = []

    func contains(_ number: Int) -> Bool {
        number >> 6 < words.count && words[number >> 6] >> UInt64(number & 63) & 1 == 1
    }

    mutating func insert(_ number: Int) {
        while number >> 6 >= words.count { words.append(0) }
        words[number >> 6] |= 1 << UInt64(number & 63)
    }

    mutating func formUnion(_ other: TransactionSet) {
        for (index, word) in other.words.enumerated() {
            if index < words.count { words[index] |= word } else { words.append(word) }
        }
    }

    /// The numbers in this set and not in the other.
    func subtracting(_ other: TransactionSet) -> [Int] {
        var found: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word & ~(index < other.words.count ? other.words[index] : 0)
            while rest != 0 {
                found.append(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return found
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}
