internal import QuipuCausality
internal import QuipuWire

// Two replicas with many origins find what differs between their vectors, and their branch starts, without telling all of
// it: all elements stand in one order, and what lies between two borders has a fingerprint. The caller tells fingerprints
// of its own; where the other's is another one, that side tells finer ones or, of few elements, the elements. Fingerprints
// hang on a number that the caller has drawn for this occasion, so nobody can have made two sets that look alike.

/// What a replica knows, in the order of the ranges: branch starts first, then the vector.
struct KnowledgeRanges {
    enum Element: Equatable {
        case branchStart(ChainHash)
        case entry(Vector.Entry)

        /// Its place in the order.
        var place: UInt128 {
            switch self {
            case .branchStart(let chain): chain.high >> 1
            case .entry(let entry): 1 << 127 | entry.origin.rawValue >> 1
            }
        }
    }

    /// Ranges with no more elements are told by these.
    static let fewElements = 32
    private static let fanOut = 16

    private let elements: [Element]
    private let places: [UInt128]
    private let branchStartCount: Int
    let nonce: UInt128

    init(_ knowledge: Knowledge, nonce: UInt128) {
        // The vector's order and that of chain hashes are that of the places.
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

    /// How many entries of the vector stand before a range.
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

    /// A range in parts of about as many elements each, with their fingerprints; a part has at least one element.
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

    /// The place with the fewest bytes that are not zero behind one and not behind another.
    private static func border(between lower: UInt128, and upper: UInt128) -> UInt128 {
        for bits in stride(from: 120, through: 0, by: -8) {
            let candidate = (upper >> UInt128(bits)) << UInt128(bits)
            if candidate > lower { return candidate }
        }
        return upper
    }

    /// What to say to somebody who told fingerprints of theirs.
    ///
    /// - Parameter room: bytes that the answer may have, or a few more; what does not fit is left out from the end.
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
