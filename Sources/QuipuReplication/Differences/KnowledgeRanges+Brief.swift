internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuWire

// The brief form of the comparison. A range is divided into about as many parts as a part has elements, which
// minimizes the sum of what is sent for all parts and for the elements of one. Elements are sent as tags.
extension KnowledgeRanges {
    /// The most elements of a range that is sent element by element. A branch start takes the room of a few entries.
    private static let fewUnits = 64
    private static let unitsABranchStart = 4
    private static let minimumParts = 16
    private static let maximumParts = 512

    static let whole = KnowledgeRange(first: 0, next: 0)

    /// The fingerprint in an outline. If a short one matches by chance, the hash of the whole vector does not.
    func shortFingerprint(of range: KnowledgeRange) -> UInt128 { fingerprint(of: range) >> 96 }

    /// Divides a range into parts with about as many elements each, between borders of few bytes.
    func outline(of range: KnowledgeRange) -> [KnowledgeRange] {
        let indices = indices(of: range)
        let root = Int(Double(indices.count).squareRoot().rounded(.up))
        let count = min(max(root, min(Self.minimumParts, indices.count)), Self.maximumParts)
        let borders = self.borders(within: range, indices, partCount: count)
        let firsts = [range.first] + borders
        return zip(firsts, borders + [range.next]).map { first, next in
            var part = KnowledgeRange(first: first, next: next)
            part.fingerprint = shortFingerprint(of: part)
            return part
        }
    }

    /// Borders that are written with the same few bytes, or with more where elements lie so close together that fewer
    /// would not separate them.
    private func borders(within range: KnowledgeRange, _ indices: Range<Int>, partCount count: Int)
        -> [UInt128]
    {
        guard count > 1 else { return [] }
        // A border may be off by an eighth of a part.
        let step = (range.next &- 1 &- range.first) / UInt128(8 * count) + 1
        var width = 1
        while width < 16, UInt128(1) << UInt128(128 - 8 * width) > step { width += 1 }
        while true {
            let bits = UInt128(128 - 8 * width)
            var found: [UInt128] = []
            for part in 1..<count {
                let exact = place(at: indices.lowerBound + part * indices.count / count)
                let border = (exact >> bits) << bits
                if border > found.last ?? range.first { found.append(border) }
            }
            if width == 16 || 4 * found.count >= 3 * (count - 1) { return found }
            width += 1
        }
    }

    /// The answer to an outline of what a caller knows.
    ///
    /// - Parameter room: bytes that the answer may take, or a few more; ranges that do not fit are left out from the
    ///   end.
    func briefAnswer(_ outline: [KnowledgeRange], roomBytes room: Int) -> BriefAnswer {
        var answer = BriefAnswer()
        var left = room
        for range in outline {
            guard left > 0, answer.parts.count <= KnowledgeRange.maximumCount - Self.maximumParts else {
                break
            }
            answer.count += 1
            if shortFingerprint(of: range) == range.fingerprint { continue }
            let told = brief(range)
            let units = told.entries.count + Self.unitsABranchStart * told.branchStarts.count
            let parts = units > Self.fewUnits ? self.outline(of: range) : []
            // Places that fall together cannot be told apart; these are a handful at most.
            if parts.count > 1 {
                answer.parts += parts
                left -= 16 + 20 * parts.count
            } else {
                answer.told.append(told)
                left -= 48 + 17 * told.entries.count + 34 * told.branchStarts.count
            }
        }
        return answer
    }

    private func brief(_ range: KnowledgeRange) -> BriefRange {
        var told = BriefRange(range: range, firstIndex: UInt64(entryCount(before: range)))
        for element in elements(in: range) {
            switch element {
            case .branchStart(let chain): told.branchStarts.append(chain)
            case .entry(let entry):
                told.entries.append(
                    BriefEntry(
                        tag: BriefEntry.tag(of: entry.origin, under: nonce),
                        check: BriefEntry.check(of: entry, under: nonce), sequence: entry.sequence))
            }
        }
        return told
    }
}

extension BriefEntry {
    /// The tag by which an origin is recognised.
    static func tag(of origin: Origin, under nonce: UInt128) -> UInt32 {
        var writer = CBORWriter(capacityBytes: 64)
        writer.text("quipu brief origin 1")
        writer.bytes16(nonce)
        writer.identifier(origin)
        return UInt32(truncatingIfNeeded: BLAKE2b.hash16(writer.bytes) >> 96)
    }

    static func check(of entry: Vector.Entry, under nonce: UInt128) -> UInt32 {
        var writer = CBORWriter(capacityBytes: 128)
        writer.text("quipu brief entry 1")
        writer.bytes16(nonce)
        writer.entries([entry])
        return UInt32(truncatingIfNeeded: BLAKE2b.hash16(writer.bytes) >> 96)
    }
}
