public import QuipuCBOR
public import QuipuCausality
internal import QuipuCompression

/// Reads one message from portions of any size. Memory is bounded: both the size of an item and the decompressed size
/// of the message are limited.
public struct MessageReader: ~Copyable {
    public enum Event: Sendable, Equatable {
        case header(MessageHeader)
        case item(MessageItem)
        /// For each origin with transactions since the last checkpoint, its chain end.
        case checkpoint([Vector.Entry])
        case end(MessageEnd)
    }

    /// One item, decompressed: a transaction of the largest size, and its head.
    public static let maximumItemBytes = Limits.transactionBytes + 1_024
    /// One message, decompressed.
    public static let maximumMessageBytes = 64 << 20
    /// Transactions, records, changes and texts in one message: the least of them takes five bytes, and thirty times
    /// as much in memory.
    public static let maximumMessageItems = 1 << 18
    /// The most bytes to which the differences of one message may expand, bases included: a few bytes can claim to be
    /// megabytes.
    public static let maximumDifferenceBytes = 2 * Limits.valueBytes

    /// Bytes of texts that a message's references replace, and of the transactions in which they are looked up:
    /// twenty bytes can refer to four megabytes.
    public static let maximumReferenceBytes = 32 << 20

    /// Origins with transactions in one message: their chain ends fit into one item.
    public static let maximumEnds = 65_536

    private enum Place {
        case header
        case items
        case ended
    }

    private var decompressor: ZstdDecompressor
    private var buffer: [UInt8] = []
    private var start = 0
    private var place = Place.header
    private var scanner = CBORItemScanner()
    private var itemCount = 0
    private var differenceBytes = 0

    public init() throws(WireError) {
        decompressor = try Self.makeDecompressor()
    }

    private static func makeDecompressor() throws(WireError) -> ZstdDecompressor {
        do throws(ZstdError) {
            return try ZstdDecompressor(maximumExpandedBytes: maximumMessageBytes)
        } catch { throw WireError(error) }
    }

    public mutating func feed(_ compressed: UnsafeRawBufferPointer) throws(WireError) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        do throws(ZstdError) {
            try decompressor.decompress(compressed, into: &buffer)
        } catch { throw WireError(error) }
    }

    /// The next complete event in the bytes fed so far; nil if more bytes are needed.
    public mutating func next() throws(WireError) -> Event? {
        guard start < buffer.count else { return nil }
        guard place != .ended else { throw WireError(.unexpected, "something follows the message's end") }
        let maximumBytes = place == .header ? MessageHeader.maximumBytes : Self.maximumItemBytes
        guard let size = try scanner.scan(buffer[start...]) else {
            guard buffer.count - start <= maximumBytes else { throw tooLarge }
            return nil
        }
        guard size <= maximumBytes else { throw tooLarge }
        var reader = CBORReader(buffer[start..<start + size])
        let event = try read(&reader)
        guard reader.isAtEnd else { throw WireError(.unexpected, "an item has too many parts") }
        start += size
        return event
    }

    /// - Throws: `cut` unless the message was read to its end.
    public func finish() throws(WireError) {
        guard place == .ended, decompressor.isComplete else {
            throw WireError(.cut, "the message was cut short")
        }
    }

    private mutating func read(_ reader: inout CBORReader) throws(WireError) -> Event {
        if place == .header {
            place = .items
            return .header(try MessageHeader(from: &reader))
        }
        let parts = try reader.arrayCount(maximum: 5)
        let type = try reader.unsigned()
        switch (type, parts) {
        case (0, 3):
            place = .ended
            return .end(
                MessageEnd(hasMore: try reader.boolean(), ends: try reader.entries(maximum: Self.maximumEnds))
            )
        case (1, 2):
            let transaction = try Transaction(from: &reader)
            try count(transaction.itemCount)
            return .item(.transaction(transaction))
        case (2, 5):
            try count(1)
            return .item(
                .text(
                    hash: try reader.hash(), offset: try reader.unsigned(), totalBytes: try reader.unsigned(),
                    bytes: Array(try reader.byteString(maximumBytes: Limits.transactionBytes))))
        case (3, 5):
            try count(1)
            let difference = try TextDifference(from: &reader)
            differenceBytes += difference.totalBytes
            guard differenceBytes <= Self.maximumDifferenceBytes else {
                throw WireError(.tooLarge, "the message's differences expand to more than they may")
            }
            return .item(.difference(difference))
        case (5, 5):
            let referring = try ReferringTransaction(from: &reader)
            try count(referring.transaction.itemCount + referring.referenceCount)
            return .item(.referring(referring))
        case (4, 2):
            try count(1)
            return .checkpoint(try reader.entries(maximum: Self.maximumEnds))
        default: throw WireError(.unexpected, "the message has an item of an unknown type")
        }
    }

    private var tooLarge: WireError {
        WireError(
            .tooLarge,
            place == .header
                ? "the message's header is too large" : "an item of the message is too large")
    }

    private mutating func count(_ items: Int) throws(WireError) {
        itemCount += items
        guard itemCount <= Self.maximumMessageItems else {
            throw WireError(.tooLarge, "the message has too many items")
        }
    }
}

extension Transaction {
    /// Its count towards the limit on items.
    public var itemCount: Int { records.reduce(1) { $0 + 1 + $1.fields.count } }
}
