/// Where pieces of six code points stand in a long text, so that a long quotation is looked for near them only.
///
/// Every second place of the text is in the index: 8 bytes each. Of a quotation in which three of ten code points are
/// changed at random, one piece in eight is whole still, so that one of 65 code points has about four of them here.
struct GramIndex {
    private static let length = 6
    private static let stride = 2
    /// A piece that stands more often tells nothing.
    private static let mostPlaces = 64
    /// Pieces of a quotation that are looked up.
    private static let mostPieces = 4_096
    private static let mostWindows = 16

    /// A piece's hash in the upper half, its place in the lower; sorted.
    private let entries: [UInt64]

    init(_ text: [UInt32]) {
        var entries: [UInt64] = []
        entries.reserveCapacity(text.count / Self.stride + 1)
        var place = 0
        while place + Self.length <= text.count {
            entries.append(UInt64(Self.hash(text, place)) << 32 | UInt64(place))
            place += Self.stride
        }
        entries.sort()
        self.entries = entries
    }

    /// Parts of the text in which the pattern most likely stands, the likeliest first: each as long as the pattern with its
    /// edits and half as much again.
    func windows(of pattern: [UInt32], in textCount: Int) -> [Range<Int>] {
        guard pattern.count >= Self.length else { return [] }
        let width = max(64, pattern.count / 2)
        let pieces = pattern.count - Self.length + 1
        let step = max(1, pieces / Self.mostPieces)
        var votes: [Int: Int] = [:]
        for start in Swift.stride(from: 0, to: pieces, by: step) {
            let places = places(of: Self.hash(pattern, start))
            if places.count > Self.mostPlaces { continue }
            for entry in places {
                let begin = Int(entries[entry] & 0xFFFF_FFFF) - start
                votes[(begin + pattern.count) / width, default: 0] += 1
            }
        }
        let best = votes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostWindows)
        return best.compactMap { bucket, _ in
            let begin = bucket * width - pattern.count
            let lower = max(0, begin - width)
            let upper = min(textCount, begin + 2 * width + pattern.count + pattern.count / 2)
            return lower < upper ? lower..<upper : nil
        }
    }

    private func places(of hash: UInt32) -> Range<Int> {
        let first = index(of: UInt64(hash) << 32)
        var end = first
        while end < entries.count, entries[end] >> 32 == UInt64(hash), end - first <= Self.mostPlaces {
            end += 1
        }
        return first..<end
    }

    private func index(of entry: UInt64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] < entry { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// FNV-1a over the code points.
    private static func hash(_ text: [UInt32], _ start: Int) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for index in start..<start + length { hash = (hash ^ text[index]) &* 16_777_619 }
        return hash
    }
}
