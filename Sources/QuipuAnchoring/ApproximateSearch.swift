/// Places where a pattern stands in a text with at most so many edits.
///
/// The bit-vector algorithm of Myers ("A fast bit-vector algorithm for approximate string matching based on dynamic
/// programming", 1999) in the form of Hyyrö (2003): a column of the table of distances is kept as differences, 64 rows a
/// word. A pattern of more than 64 code points takes several words, and those of a column in which every distance is beyond
/// the bound are not computed.
struct ApproximateSearch {
    /// Where a match ends, and its distance.
    struct End: Equatable {
        var end: Int
        var distance: Int
    }

    /// Of several matches that end near one another only the best is told, and no more than this many in all.
    static let mostEnds = 64
    private static let bits = 64

    private let count: Int
    private let blocks: Int
    /// For each sign of the pattern, numbered from 1, where it stands; row 0 is for all others.
    private var occurrences: [UInt64]
    private var numbers: [UInt32: Int] = [:]
    private var numbersOfASCII = [Int](repeating: 0, count: 128)

    /// - Parameter pattern: not empty.
    init(_ pattern: some Collection<UInt32>) {
        count = pattern.count
        blocks = (pattern.count + Self.bits - 1) / Self.bits
        occurrences = [UInt64](repeating: 0, count: blocks)
        for (place, sign) in pattern.enumerated() {
            let number: Int
            if let known = numbers[sign] {
                number = known
            } else {
                number = numbers.count + 1
                numbers[sign] = number
                if sign < 128 { numbersOfASCII[Int(sign)] = number }
                occurrences += [UInt64](repeating: 0, count: blocks)
            }
            occurrences[number * blocks + place / Self.bits] |= 1 << UInt64(place % Self.bits)
        }
    }

    /// The words that a search of a text of this length may have to compute.
    func steps(in textCount: Int) -> Int { blocks * textCount }

    /// - Parameters:
    ///   - most: edits, fewer than the pattern has signs.
    ///   - each: whether all ends are told, of a short text.
    /// - Returns: places of the text, from the first on.
    func ends(in text: some RandomAccessCollection<UInt32>, most: Int, each: Bool = false) -> [End] {
        var positive = [UInt64](repeating: .max, count: blocks)
        var negative = [UInt64](repeating: 0, count: blocks)
        let last = blocks - 1
        let rowsOfLast = (count - 1) % Self.bits + 1
        let topOfLast: UInt64 = 1 << UInt64(rowsOfLast - 1)
        var active = min(last, max(1, (most + Self.bits - 1) / Self.bits) - 1)
        var scores = (0..<blocks).map { $0 == last ? count : ($0 + 1) * Self.bits }
        var ends = EndList(width: each ? 1 : max(1, count / 2), mostEnds: each ? .max : Self.mostEnds)

        func advance(_ block: Int, _ occurs: UInt64, _ carry: Int) -> Int {
            let isNegative: UInt64 = carry < 0 ? 1 : 0
            let vertical = occurs | negative[block]
            let occurs = occurs | isNegative
            let horizontal = (((occurs & positive[block]) &+ positive[block]) ^ positive[block]) | occurs
            var up = negative[block] | ~(horizontal | positive[block])
            var down = positive[block] & horizontal
            let top = block == last ? topOfLast : 1 << 63
            let out = down & top != 0 ? -1 : up & top != 0 ? 1 : 0
            up = up << 1 | (carry > 0 ? 1 : 0)
            down = down << 1 | isNegative
            positive[block] = down | ~(vertical | up)
            negative[block] = up & vertical
            return out
        }

        var place = 0
        for sign in text {
            let row = (sign < 128 ? numbersOfASCII[Int(sign)] : numbers[sign] ?? 0) * blocks
            var carry = 0
            for block in 0...active {
                carry = advance(block, occurrences[row + block], carry)
                scores[block] += carry
            }
            if active < last, scores[active] - carry <= most,
                occurrences[row + active + 1] & 1 != 0 || carry < 0
            {
                active += 1
                positive[active] = .max
                negative[active] = 0
                let rows = active == last ? rowsOfLast : Self.bits
                scores[active] = scores[active - 1] - carry + rows
                scores[active] += advance(active, occurrences[row + active], carry)
            } else {
                while active > 0, scores[active] >= most + (active == last ? rowsOfLast : Self.bits) {
                    active -= 1
                }
            }
            place += 1
            if active == last, scores[last] <= most {
                ends.add(End(end: place, distance: scores[last]))
            }
        }
        return ends.kept()
    }

    /// The best of each neighbourhood.
    private struct EndList {
        let width: Int
        let mostEnds: Int
        private var ends: [End] = []

        init(width: Int, mostEnds: Int) { (self.width, self.mostEnds) = (width, mostEnds) }

        mutating func add(_ end: End) {
            if let last = ends.last, end.end - last.end < width {
                if end.distance < last.distance { ends[ends.count - 1] = end }
                return
            }
            ends.append(end)
            if mostEnds < .max, ends.count >= 64 * mostEnds { ends = kept() }
        }

        func kept() -> [End] {
            guard ends.count > mostEnds else { return ends }
            let best = ends.sorted { ($0.distance, $0.end) < ($1.distance, $1.end) }
            return best.prefix(mostEnds).sorted { $0.end < $1.end }
        }
    }
}
