public import Causality
public import Wire

/// A message of the exchange as it comes in; what it holds is bounded by what a message may be.
public struct IncomingMessage: ~Copyable {
    public struct TextPart: Sendable {
        public var hash: ValueHash
        public var offset: Int
        public var totalBytes: Int
        public var bytes: [UInt8]
    }

    private var reader: PieceReader
    public private(set) var header: PieceHeader?
    public private(set) var transactions: [Transaction] = []
    public private(set) var texts: [TextPart] = []
    public private(set) var differences: [TextDifference] = []
    public private(set) var end: PieceEnd?

    /// Whether it only says and asks, and brings nothing.
    public var isBare: Bool { transactions.isEmpty && texts.isEmpty && differences.isEmpty }

    /// Whether it asks how parts of the archive compare; nothing is taken from such a message.
    public var asksForParts: Bool { header.map { !$0.ranges.isEmpty || $0.question != nil } ?? false }

    public init() throws(WireError) { reader = try PieceReader() }

    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        try reader.feed(bytes)
        while let event = try reader.next() {
            switch event {
            case .header(let header): self.header = header
            case .item(.transaction(let transaction)): transactions.append(transaction)
            case .item(.text(let hash, let offset, let totalBytes, let bytes)):
                guard offset <= UInt64(Limits.valueBytes), totalBytes <= UInt64(Limits.valueBytes) else {
                    throw WireError(.tooLarge, "a text is too long")
                }
                texts.append(
                    TextPart(hash: hash, offset: Int(offset), totalBytes: Int(totalBytes), bytes: bytes))
            case .item(.difference(let difference)): differences.append(difference)
            case .end(let end): self.end = end
            }
        }
    }

    /// The header and the end of a message that is whole.
    public func finish() throws(WireError) -> (header: PieceHeader, end: PieceEnd) {
        try reader.finish()
        guard let header, let end else { throw WireError(.cut, "the message was cut short") }
        return (header, end)
    }
}
