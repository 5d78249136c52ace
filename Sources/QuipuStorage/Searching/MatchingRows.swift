/// The rows of the records that fit a part of a query: a bit for each, or, where nearly all fit, a bit for each that does
/// not.
struct MatchingRows: Equatable {
    private(set) var bits: [UInt64] = []
    /// Whether the bits are of those that do not fit.
    private(set) var isComplement = false

    static let none = MatchingRows()
    static let all = MatchingRows(bits: [], isComplement: true)

    init() {}

    private init(bits: [UInt64], isComplement: Bool) { (self.bits, self.isComplement) = (bits, isComplement) }

    /// - Precondition: the set is no complement.
    mutating func insert(_ row: Int64) {
        precondition(!isComplement, "a row is inserted into a set of rows, not into what is left of one")
        guard row > 0, row <= Self.mostRows else { return }
        let word = Int(row / 64)
        if word >= bits.count { bits.append(contentsOf: repeatElement(0, count: word + 1 - bits.count)) }
        bits[word] |= 1 << UInt64(row % 64)
    }

    /// No archive has more; a damaged one may say so.
    private static let mostRows: Int64 = 1 << 32

    func contains(_ row: Int64) -> Bool {
        guard row > 0 else { return false }
        let word = Int(clamping: row / 64)
        return (word < bits.count && bits[word] & 1 << UInt64(row % 64) != 0) != isComplement
    }

    /// The first rows, at most as many; none of a complement.
    func first(_ limit: Int) -> [Int64] {
        var found: [Int64] = []
        guard !isComplement else { return found }
        for (index, word) in bits.enumerated() where word != 0 {
            for bit in 0..<64 where word & 1 << UInt64(bit) != 0 {
                guard found.count < limit else { return found }
                found.append(Int64(index * 64 + bit))
            }
        }
        return found
    }

    var complement: MatchingRows { MatchingRows(bits: bits, isComplement: !isComplement) }

    /// How many bits are set.
    private var bitCount: Int { bits.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// - Parameter total: of all rows there are.
    func count(of total: Int) -> Int { isComplement ? max(0, total - bitCount) : bitCount }

    func intersection(_ other: MatchingRows) -> MatchingRows {
        switch (isComplement, other.isComplement) {
        case (false, false): MatchingRows(bits: zip(bits, other.bits).map { $0 & $1 }, isComplement: false)
        case (false, true): MatchingRows(bits: Self.subtract(bits, other.bits), isComplement: false)
        case (true, false): MatchingRows(bits: Self.subtract(other.bits, bits), isComplement: false)
        case (true, true): MatchingRows(bits: Self.unite(bits, other.bits), isComplement: true)
        }
    }

    func union(_ other: MatchingRows) -> MatchingRows {
        complement.intersection(other.complement).complement
    }

    private static func subtract(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var out = left
        for index in 0..<min(left.count, right.count) { out[index] &= ~right[index] }
        return out
    }

    private static func unite(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var out = left.count >= right.count ? left : right
        let other = left.count >= right.count ? right : left
        for index in other.indices { out[index] |= other[index] }
        return out
    }

    /// Without rows behind the last one that there is.
    func clipped(to last: Int64) -> MatchingRows {
        let words = Int(clamping: last / 64) + 1
        guard bits.count >= words else { return self }
        var out = Array(bits[..<words])
        let kept = UInt64(last % 64)
        if kept < 63 { out[words - 1] &= (1 << (kept + 1)) - 1 }
        return MatchingRows(bits: out, isComplement: isComplement)
    }

    /// The rows of a set that is no complement, ascending.
    var rows: [Int64] {
        var found: [Int64] = []
        for (index, var word) in bits.enumerated() {
            while word != 0 {
                found.append(Int64(index * 64 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        return found
    }
}
