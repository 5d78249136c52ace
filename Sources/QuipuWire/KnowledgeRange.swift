internal import QuipuCBOR
public import QuipuCausality

/// A range of what a replica knows, from one place up to another; `KnowledgeRanges` defines places.
public struct KnowledgeRange: Sendable, Equatable {
    public var first: UInt128
    /// Where the next range begins; 0 for the end.
    public var next: UInt128
    /// The fingerprint of its elements under the question's nonce.
    public var fingerprint: UInt128

    public init(first: UInt128, next: UInt128, fingerprint: UInt128 = 0) {
        self.first = first
        self.next = next
        self.fingerprint = fingerprint
    }

    public static let maximumCount = 1_024
    public static let maximumAsked = 64

    /// Whether it lies before another range without overlap.
    func precedes(_ other: KnowledgeRange) -> Bool { next != 0 && next <= other.first }

    var isSound: Bool { next == 0 || first < next }
}

/// Asks how ranges of what the receiver knows compare.
public struct KnowledgeQuestion: Sendable, Equatable {
    public var nonce: UInt128
    public var ranges: [KnowledgeRange]
    /// Ranges with short fingerprints, for a brief answer; older versions do not know them.
    public var outline: [KnowledgeRange]

    public init(nonce: UInt128, ranges: [KnowledgeRange], outline: [KnowledgeRange] = []) {
        self.nonce = nonce
        self.ranges = ranges
        self.outline = outline
    }
}

/// Everything that the sender knows within a range.
public struct ToldRange: Sendable, Equatable {
    public var range: KnowledgeRange
    public var entries: [Vector.Entry] = []
    public var branchStarts: [ChainHash] = []

    public init(range: KnowledgeRange) { self.range = range }
}

/// The answer for the first `count` ranges of a question: finer ranges or their contents, where they differ.
public struct KnowledgeAnswer: Sendable, Equatable {
    public var count = 0
    public var parts: [KnowledgeRange] = []
    public var told: [ToldRange] = []

    public init() {}
}

extension CBORWriter {
    /// Places mostly end in zeros, which are not sent.
    mutating func place(_ place: UInt128) {
        var bytes = withUnsafeBytes(of: place.bigEndian) { Array($0) }
        while bytes.last == 0 { bytes.removeLast() }
        byteString(bytes)
    }

    private mutating func range(_ range: KnowledgeRange) {
        array(count: 3)
        place(range.first)
        place(range.next)
        bytes16(range.fingerprint)
    }

    mutating func question(_ question: KnowledgeQuestion) {
        array(count: 2)
        bytes16(question.nonce)
        array(count: question.ranges.count)
        for range in question.ranges { self.range(range) }
    }

    mutating func answer(_ answer: KnowledgeAnswer) {
        array(count: 3)
        unsigned(UInt64(answer.count))
        array(count: answer.parts.count)
        for range in answer.parts { self.range(range) }
        array(count: answer.told.count)
        for told in answer.told {
            array(count: 4)
            place(told.range.first)
            place(told.range.next)
            entries(told.entries)
            array(count: told.branchStarts.count)
            for chain in told.branchStarts { hash(chain) }
        }
    }
}

extension CBORReader {
    mutating func place() throws(WireError) -> UInt128 {
        let bytes = try byteString(maximumBytes: 16)
        if bytes.last == 0 { throw WireError(.malformed, "a place is longer than it needs to be") }
        return bytes.reduce(0) { $0 << 8 | UInt128($1) } << UInt128(8 * (16 - bytes.count))
    }

    private mutating func ranges(maximum: Int) throws(WireError) -> [KnowledgeRange] {
        var ranges: [KnowledgeRange] = []
        for _ in 0..<(try arrayCount(maximum: maximum)) {
            guard try arrayCount(maximum: 3) == 3 else { throw Self.badRange }
            let range = KnowledgeRange(first: try place(), next: try place(), fingerprint: try bytes16())
            guard range.isSound, ranges.last.map({ $0.precedes(range) }) ?? true else { throw Self.badRange }
            ranges.append(range)
        }
        return ranges
    }

    static let badRange = WireError(.unexpected, "ranges overlap or are out of order")

    mutating func question() throws(WireError) -> KnowledgeQuestion {
        try pair("a question about what is known has two parts")
        return KnowledgeQuestion(
            nonce: try bytes16(), ranges: try ranges(maximum: KnowledgeRange.maximumAsked))
    }

    mutating func answer() throws(WireError) -> KnowledgeAnswer {
        guard try arrayCount(maximum: 3) == 3 else {
            throw WireError(.unexpected, "an answer about what is known has three parts")
        }
        var answer = KnowledgeAnswer()
        answer.count = Int(clamping: try unsigned())
        answer.parts = try ranges(maximum: KnowledgeRange.maximumCount)
        for _ in 0..<(try arrayCount(maximum: KnowledgeRange.maximumAsked)) {
            guard try arrayCount(maximum: 4) == 4 else { throw Self.badRange }
            var told = ToldRange(range: KnowledgeRange(first: try place(), next: try place()))
            guard told.range.isSound, answer.told.last.map({ $0.range.precedes(told.range) }) ?? true else {
                throw Self.badRange
            }
            told.entries = try entries()
            for _ in 0..<(try arrayCount(maximum: MessageHeader.maximumBranchStarts)) {
                told.branchStarts.append(try hash())
            }
            answer.told.append(told)
        }
        return answer
    }
}
