internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuWire

// Two replicas with many origins find the differences between their vectors, and between their branch starts, without
// sending all of them. All elements have one order, and each range of it has a fingerprint. The caller sends
// fingerprints of its ranges; where the peer's fingerprint differs, the peer answers with fingerprints of smaller
// ranges or, for few elements, with the elements. Fingerprints include a nonce that the caller has drawn for this
// search, so nobody can prepare two sets with equal fingerprints.

/// A replica's branch starts and vector in the order of the ranges: branch starts first.
struct KnowledgeRanges {
    enum Element: Equatable {
        case branchStart(ChainHash)
        case entry(Vector.Entry)

        /// The element's place in the order.
        var place: UInt128 {
            switch self {
            case .branchStart(let chain): chain.high >> 1
            case .entry(let entry): 1 << 127 | entry.origin.rawValue >> 1
            }
        }
    }

    /// Ranges with at most this number of elements are sent element by element.
    static let fewElements = 32
    private static let fanOut = 16

    private let elements: [Element]
    private let places: [UInt128]
    private let branchStartCount: Int
    let nonce: UInt128

    init(_ knowledge: Knowledge, nonce: UInt128) {
        // The vector and the chain hashes are sorted in the order of places already.
        elements =
            knowledge.branchStarts.sorted().map { .branchStart($0) }
            + knowledge.vector.entries.map { .entry($0) }
        places = elements.map(\.place)
        branchStartCount = knowledge.branchStarts.count
        self.nonce = nonce
    }

    var count: Int { elements.count }

    /// The elements of a range.
    func elements(in range: KnowledgeRange) -> ArraySlice<Element> {
        elements[indices(of: range)]
    }

    func indices(of range: KnowledgeRange) -> Range<Int> {
        let first = firstIndex(from: range.first)
        return first..<max(first, range.next == 0 ? places.count : firstIndex(from: range.next))
    }

    func place(at index: Int) -> UInt128 { places[index] }

    /// The number of vector entries before a range.
    func entryCount(before range: KnowledgeRange) -> Int {
        max(0, indices(of: range).lowerBound - branchStartCount)
    }

    private func firstIndex(from place: UInt128) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func fingerprint(of range: KnowledgeRange) -> UInt128 {
        let indices = indices(of: range)
        var writer = CBORWriter(capacityBytes: 64 + 64 * indices.count)
        writer.text("quipu knowledge range 1")
        writer.bytes16(nonce)
        for element in elements[indices] {
            switch element {
            case .branchStart(let chain): writer.hash(chain)
            case .entry(let entry): writer.entries([entry])
            }
        }
        return BLAKE2b.hash16(writer.bytes)
    }

    /// Divides a range into parts with about as many elements each, at least one, and returns their fingerprints.
    func parts(of range: KnowledgeRange, atMost count: Int = fanOut) -> [KnowledgeRange] {
        let indices = indices(of: range)
        let step = max(1, (indices.count + count - 1) / max(count, 1))
        var borders: [UInt128] = [range.first]
        for index in stride(from: indices.lowerBound + step, to: indices.upperBound, by: step) {
            let border = Self.border(between: places[index - 1], and: places[index])
            if border > borders[borders.count - 1] { borders.append(border) }
        }
        return borders.enumerated().map { number, first in
            var part = KnowledgeRange(
                first: first, next: number + 1 < borders.count ? borders[number + 1] : range.next)
            part.fingerprint = fingerprint(of: part)
            return part
        }
    }

    /// The place with the fewest nonzero bytes that comes after one place and not after another.
    private static func border(between lower: UInt128, and upper: UInt128) -> UInt128 {
        for bits in stride(from: 120, through: 0, by: -8) {
            let candidate = (upper >> UInt128(bits)) << UInt128(bits)
            if candidate > lower { return candidate }
        }
        return upper
    }

    /// The answer to a caller's fingerprints.
    ///
    /// - Parameter room: bytes that the answer may take, or a few more; ranges that do not fit are left out from the
    ///   end.
    func answer(_ asked: [KnowledgeRange], roomBytes room: Int) -> KnowledgeAnswer {
        var answer = KnowledgeAnswer()
        var left = room
        for range in asked {
            guard left > 0 else { break }
            answer.count += 1
            if fingerprint(of: range) == range.fingerprint { continue }
            let found = elements(in: range)
            let parts = found.count > Self.fewElements ? parts(of: range) : []
            // Places that fall together cannot be told apart; these are a handful at most.
            guard parts.count > 1 else {
                var told = ToldRange(range: range)
                for element in found {
                    switch element {
                    case .branchStart(let chain): told.branchStarts.append(chain)
                    case .entry(let entry): told.entries.append(entry)
                    }
                }
                answer.told.append(told)
                left -= 40 + 64 * found.count
                continue
            }
            answer.parts += parts
            left -= 56 * parts.count
        }
        return answer
    }
}
