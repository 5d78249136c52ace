public import QuipuCBOR
public import QuipuCausality
internal import QuipuStorage
public import QuipuWire

/// A message of the exchange as it is received. Its size in memory is bounded by the limits for messages.
public struct IncomingMessage: ~Copyable {
    public struct TextPart: Sendable {
        public var hash: ValueHash
        public var offset: Int
        public var totalBytes: Int
        public var bytes: [UInt8]
    }

    /// The items between two checkpoints. The chain ends in the checkpoint prove them before the message is complete.
    struct Segment: Sendable {
        /// Some perhaps by reference.
        var told: [ReferringTransaction]
        var texts: [TextPart]
        var differences: [TextDifference]
        var ends: [Vector.Entry]
    }

    /// The number of items of each kind between the previous checkpoint and this one.
    private struct Checkpoint {
        var transactionCount: Int
        var textCount: Int
        var differenceCount: Int
        var ends: [Vector.Entry]
    }

    private var reader: MessageReader
    private var checkpoints: [Checkpoint] = []
    /// Items before the last checkpoint.
    private var checked = (transactions: 0, texts: 0, differences: 0)
    public private(set) var header: MessageHeader?
    /// Some perhaps by reference.
    private(set) var told: [ReferringTransaction] = []
    /// Whether any transaction is sent by reference.
    private(set) var hasReferences = false
    public private(set) var texts: [TextPart] = []
    public private(set) var differences: [TextDifference] = []
    public private(set) var end: MessageEnd?

    /// As received: without records that are sent by reference.
    public var transactions: [Transaction] { told.map(\.transaction) }

    /// Whether the message carries a header only, and no items.
    public var isBare: Bool { told.isEmpty && texts.isEmpty && differences.isEmpty }

    /// Whether the message asks how parts of the archive compare; such a message carries nothing to apply.
    public var asksForParts: Bool { header.map { !$0.ranges.isEmpty || $0.question != nil } ?? false }

    public init() throws(WireError) { reader = try MessageReader() }

    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        try reader.feed(bytes)
        while let event = try reader.next() {
            switch event {
            case .header(let header): self.header = header
            case .item(.transaction(let transaction)): told.append(ReferringTransaction(transaction))
            case .item(.referring(let transaction)):
                told.append(transaction)
                hasReferences = true
            case .item(.text(let hash, let offset, let totalBytes, let bytes)):
                guard offset <= UInt64(Limits.valueBytes), totalBytes <= UInt64(Limits.valueBytes) else {
                    throw WireError(.tooLarge, "a text is too long")
                }
                texts.append(
                    TextPart(hash: hash, offset: Int(offset), totalBytes: Int(totalBytes), bytes: bytes))
            case .item(.difference(let difference)): differences.append(difference)
            case .checkpoint(let ends): note(ends)
            case .end(let end): self.end = end
            }
        }
    }

    private mutating func note(_ ends: [Vector.Entry]) {
        checkpoints.append(
            Checkpoint(
                transactionCount: told.count - checked.transactions,
                textCount: texts.count - checked.texts,
                differenceCount: differences.count - checked.differences, ends: ends))
        checked = (told.count, texts.count, differences.count)
    }

    /// The items before the first checkpoint.
    var firstSegment: Segment? {
        checkpoints.first.map { first in
            Segment(
                told: Array(told.prefix(first.transactionCount)),
                texts: Array(texts.prefix(first.textCount)),
                differences: Array(differences.prefix(first.differenceCount)), ends: first.ends)
        }
    }

    /// Removes the first segment, which has been applied.
    mutating func dropFirstSegment() {
        let first = checkpoints.removeFirst()
        told.removeFirst(first.transactionCount)
        texts.removeFirst(first.textCount)
        differences.removeFirst(first.differenceCount)
        checked.transactions -= first.transactionCount
        checked.texts -= first.textCount
        checked.differences -= first.differenceCount
    }

    /// All items of the message, in segments by the checkpoint that proves them.
    func segments(before end: MessageEnd) -> [Segment] {
        var segments: [Segment] = []
        var first = (transaction: 0, text: 0, difference: 0)
        let rest = Checkpoint(
            transactionCount: told.count - checked.transactions, textCount: texts.count - checked.texts,
            differenceCount: differences.count - checked.differences, ends: end.ends)
        for checkpoint in checkpoints + [rest] {
            segments.append(
                Segment(
                    told: Array(told.dropFirst(first.transaction).prefix(checkpoint.transactionCount)),
                    texts: Array(texts.dropFirst(first.text).prefix(checkpoint.textCount)),
                    differences: Array(
                        differences.dropFirst(first.difference).prefix(checkpoint.differenceCount)),
                    ends: checkpoint.ends))
            first.transaction += checkpoint.transactionCount
            first.text += checkpoint.textCount
            first.difference += checkpoint.differenceCount
        }
        return segments
    }

    /// Whether part of the message can be applied before it is complete.
    public var hasCheckpoint: Bool { !checkpoints.isEmpty }

    /// The proved part of a message that is incomplete; nil if none is proved.
    public var partialMessage: PartialMessage? {
        guard let header, hasCheckpoint else { return nil }
        var (told, texts, differences) = (told[...], texts[...], differences[...])
        let segments = checkpoints.map { checkpoint in
            defer {
                told = told.dropFirst(checkpoint.transactionCount)
                texts = texts.dropFirst(checkpoint.textCount)
                differences = differences.dropFirst(checkpoint.differenceCount)
            }
            return Segment(
                told: Array(told.prefix(checkpoint.transactionCount)),
                texts: Array(texts.prefix(checkpoint.textCount)),
                differences: Array(differences.prefix(checkpoint.differenceCount)), ends: checkpoint.ends)
        }
        return PartialMessage(header: header, segments: segments)
    }

    /// Removes the first segments, which have been applied.
    public mutating func drop(segmentCount: Int) {
        for _ in 0..<segmentCount { dropFirstSegment() }
    }

    /// Returns the header and the end of a complete message.
    public func finish() throws(WireError) -> (header: MessageHeader, end: MessageEnd) {
        try reader.finish()
        guard let header, let end else { throw WireError(.cut, "the message was cut short") }
        return (header, end)
    }
}

extension Texts.Part {
    init(_ part: IncomingMessage.TextPart) {
        self.init(hash: part.hash, offset: part.offset, totalBytes: part.totalBytes, bytes: part.bytes)
    }
}

/// The part of an interrupted message that its checkpoints prove.
public struct PartialMessage: Sendable {
    /// As received: it is not proved.
    let header: MessageHeader
    let segments: [IncomingMessage.Segment]

    public var segmentCount: Int { segments.count }
}
