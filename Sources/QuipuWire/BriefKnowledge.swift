internal import QuipuCBOR
public import QuipuCausality

// Differences between two replicas are sent in a few bytes an entry, since the receiver has nearly all of them. Tags
// and checks depend on the question's nonce, so that nobody can prepare two origins with equal tags; if tags are
// equal by chance, the hash of the whole vector reveals it.

/// An entry of the sender's vector, recognisable by a receiver that has it.
public struct BriefEntry: Sendable, Equatable {
    /// The tag of the origin.
    public var tag: UInt32
    /// The tag of the whole entry.
    public var check: UInt32
    public var sequence: UInt64

    public init(tag: UInt32, check: UInt32, sequence: UInt64) {
        self.tag = tag
        self.check = check
        self.sequence = sequence
    }
}

/// Everything that the sender knows within a range, in the brief form.
public struct BriefRange: Sendable, Equatable {
    public var range: KnowledgeRange
    /// The number of entries of the sender's vector before the range.
    public var firstIndex: UInt64
    public var entries: [BriefEntry] = []
    /// In full: they are few, and a receiver that lacks one needs all of it.
    public var branchStarts: [ChainHash] = []

    public init(range: KnowledgeRange, firstIndex: UInt64) {
        self.range = range
        self.firstIndex = firstIndex
    }
}

/// The answer for the first `count` ranges of an outline: finer ranges or their contents, where they differ.
public struct BriefAnswer: Sendable, Equatable {
    public var count = 0
    public var parts: [KnowledgeRange] = []
    public var told: [BriefRange] = []

    public init() {}
}

/// An origin of which the sender holds less than the state in question.
public struct BehindEntry: Sendable, Equatable {
    /// Its index in that state's vector, sorted by origin.
    public var index: UInt64
    /// The sequence that is held; 0 for none.
    public var sequence: UInt64

    public init(index: UInt64, sequence: UInt64) {
        self.index = index
        self.sequence = sequence
    }
}

extension CBORWriter {
    /// Adjacent ranges share borders, which are sent with as many bytes as they need.
    mutating func outline(_ ranges: [KnowledgeRange]) {
        var runs: [[KnowledgeRange]] = []
        for range in ranges {
            if let last = runs.last?.last, last.next == range.first {
                runs[runs.count - 1].append(range)
            } else {
                runs.append([range])
            }
        }
        array(count: runs.count)
        for run in runs { self.run(run) }
    }

    private mutating func run(_ ranges: [KnowledgeRange]) {
        let borders = ranges.dropFirst().map(\.first)
        let width = borders.map { 16 - $0.trailingZeroBitCount / 8 }.max() ?? 0
        array(count: 4)
        place(ranges.first?.first ?? 0)
        place(ranges.last?.next ?? 0)
        byteString(
            borders.flatMap { border in
                withUnsafeBytes(of: border.bigEndian) { Array($0.prefix(width)) }
            })
        byteString(
            ranges.flatMap { range in
                withUnsafeBytes(of: UInt32(truncatingIfNeeded: range.fingerprint).bigEndian) { Array($0) }
            })
    }

    mutating func briefAnswer(_ answer: BriefAnswer) {
        array(count: 3)
        unsigned(UInt64(answer.count))
        outline(answer.parts)
        array(count: answer.told.count)
        for told in answer.told {
            array(count: 6)
            place(told.range.first)
            place(told.range.next)
            unsigned(told.firstIndex)
            byteString(
                told.entries.flatMap { entry in
                    withUnsafeBytes(of: (entry.tag.bigEndian, entry.check.bigEndian)) { Array($0) }
                })
            array(count: told.entries.count)
            for entry in told.entries { unsigned(entry.sequence) }
            array(count: told.branchStarts.count)
            for chain in told.branchStarts { hash(chain) }
        }
    }

    mutating func behind(_ entries: [BehindEntry]) {
        array(count: entries.count)
        for entry in entries {
            array(count: 2)
            unsigned(entry.index)
            unsigned(entry.sequence)
        }
    }
}

extension CBORReader {
    private static let fingerprintBytes = 4
    private static let briefBytes = 8

    mutating func outline() throws(WireError) -> [KnowledgeRange] {
        var ranges: [KnowledgeRange] = []
        for _ in 0..<(try arrayCount(maximum: KnowledgeRange.maximumCount)) {
            for range in try run() {
                guard range.isSound, ranges.last.map({ $0.precedes(range) }) ?? true else {
                    throw Self.badRange
                }
                ranges.append(range)
            }
            guard ranges.count <= KnowledgeRange.maximumCount else {
                throw WireError(.tooLarge, "there are too many ranges")
            }
        }
        return ranges
    }

    private mutating func run() throws(WireError) -> [KnowledgeRange] {
        guard try arrayCount(maximum: 4) == 4 else { throw Self.badRange }
        let first = try place()
        let next = try place()
        let borders = try byteString(maximumBytes: 16 * KnowledgeRange.maximumCount)
        let fingerprints = try byteString(maximumBytes: Self.fingerprintBytes * KnowledgeRange.maximumCount)
        let count = fingerprints.count / Self.fingerprintBytes
        let width = count > 1 ? borders.count / (count - 1) : 0
        guard count > 0, fingerprints.count == count * Self.fingerprintBytes, width <= 16,
            borders.count == (count - 1) * width, count == 1 || width > 0
        else { throw Self.badRange }
        let places =
            [first]
            + Self.numbers(in: borders, ofBytes: width).map { $0 << UInt128(8 * (16 - width)) } + [next]
        return zip(
            zip(places, places.dropFirst()), Self.numbers(in: fingerprints, ofBytes: Self.fingerprintBytes)
        )
        .map { KnowledgeRange(first: $0.0, next: $0.1, fingerprint: $1) }
    }

    private static func numbers(in bytes: some Collection<UInt8>, ofBytes width: Int) -> [UInt128] {
        var found: [UInt128] = []
        var number: UInt128 = 0
        for (index, byte) in bytes.enumerated() {
            number = number << 8 | UInt128(byte)
            if (index + 1).isMultiple(of: width) {
                found.append(number)
                number = 0
            }
        }
        return found
    }

    mutating func briefAnswer() throws(WireError) -> BriefAnswer {
        guard try arrayCount(maximum: 3) == 3 else {
            throw WireError(.unexpected, "a brief answer about what is known has three parts")
        }
        var answer = BriefAnswer()
        answer.count = Int(clamping: try unsigned())
        answer.parts = try outline()
        for _ in 0..<(try arrayCount(maximum: KnowledgeRange.maximumCount)) {
            let told = try briefRange()
            guard told.range.isSound, answer.told.last.map({ $0.range.precedes(told.range) }) ?? true else {
                throw Self.badRange
            }
            answer.told.append(told)
        }
        return answer
    }

    private mutating func briefRange() throws(WireError) -> BriefRange {
        guard try arrayCount(maximum: 6) == 6 else { throw Self.badRange }
        let range = KnowledgeRange(first: try place(), next: try place())
        var told = BriefRange(range: range, firstIndex: try unsigned())
        let digests = try byteString(maximumBytes: MessageHeader.maximumBytes)
        let count = try arrayCount(maximum: MessageHeader.maximumBytes / Self.briefBytes)
        guard digests.count == count * Self.briefBytes else {
            throw WireError(.unexpected, "a brief entry has a tag, a check and a sequence")
        }
        for number in Self.numbers(in: digests, ofBytes: Self.briefBytes) {
            let sequence = try unsigned()
            guard sequence > 0, sequence <= UInt64(Int64.max) else {
                throw WireError(.unexpected, "a vector's entry is out of range")
            }
            told.entries.append(
                BriefEntry(
                    tag: UInt32(truncatingIfNeeded: number >> 32), check: UInt32(truncatingIfNeeded: number),
                    sequence: sequence))
        }
        for _ in 0..<(try arrayCount(maximum: MessageHeader.maximumBranchStarts)) {
            told.branchStarts.append(try hash())
        }
        return told
    }

    mutating func behind() throws(WireError) -> [BehindEntry] {
        var entries: [BehindEntry] = []
        for _ in 0..<(try arrayCount(maximum: MessageHeader.maximumEntries)) {
            try pair("what is held of an origin has two parts")
            entries.append(BehindEntry(index: try unsigned(), sequence: try unsigned()))
        }
        return entries
    }
}
