public import QuipuCBOR
public import QuipuCausality
internal import QuipuCompression

/// Writes one message: header, items, end, as a CBOR sequence (RFC 8742) in one zstd frame.
public struct MessageWriter: ~Copyable {
    private var writer = CBORWriter(capacityBytes: 64 << 10)
    private var compressor: ZstdCompressor
    /// Compressed bytes so far.
    private var out: [UInt8] = []
    private static let flushBytes = 128 << 10
    /// Before compression, so far.
    private var expandedBytes = 0
    private var itemCount = 0
    /// Before compression, from the header or the last checkpoint on.
    private var bytesBefore = 0

    public init(header: MessageHeader, compressionLevel: CompressionLevel = .standard) throws(WireError) {
        compressor = try Self.makeCompressor(compressionLevel)
        header.write(to: &writer)
    }

    private static func makeCompressor(_ level: CompressionLevel) throws(WireError) -> ZstdCompressor {
        do throws(ZstdError) {
            return try ZstdCompressor(level: level.zstdLevel)
        } catch { throw WireError(error) }
    }

    /// Whether another transaction with its differences, or another part of a text, and the end might exceed what a
    /// reader accepts in one message.
    public var isFull: Bool {
        // Differences are at most a quarter of what they expand to, which is less than an item for each half.
        expandedBytes + writer.bytes.count > MessageReader.maximumMessageBytes - 4
            * MessageReader.maximumItemBytes
            || itemCount > MessageReader.maximumMessageItems - 3 * Limits.changesPerTransaction - 1
    }

    public mutating func append(_ transaction: Transaction) throws(WireError) {
        itemCount += transaction.itemCount
        writer.array(count: 2)
        writer.unsigned(1)
        transaction.write(to: &writer)
        try flush(whenAbove: Self.flushBytes)
    }

    /// - Parameter expandedCount: its item count after resolution.
    public mutating func append(
        _ referring: ReferringTransaction, expandedCount: Int
    ) throws(WireError) {
        itemCount += expandedCount
        referring.write(to: &writer)
        try flush(whenAbove: Self.flushBytes)
    }

    public mutating func append(
        textOf hash: ValueHash, offset: UInt64, totalBytes: UInt64, bytes: ArraySlice<UInt8>
    ) throws(WireError) {
        itemCount += 1
        writer.array(count: 5)
        writer.unsigned(2)
        writer.hash(hash)
        writer.unsigned(offset)
        writer.unsigned(totalBytes)
        writer.byteString(bytes)
        try flush(whenAbove: Self.flushBytes)
    }

    /// - Parameter difference: the difference of a text whose hash is a value in an appended transaction.
    public mutating func append(_ difference: TextDifference) throws(WireError) {
        itemCount += 1
        difference.write(to: &writer)
        try flush(whenAbove: Self.flushBytes)
    }

    /// Before compression, since the last checkpoint.
    public var bytesSinceCheckpoint: Int { expandedBytes + writer.bytes.count - bytesBefore }

    /// Adds a checkpoint: items before it count even if the rest does not arrive.
    /// - Parameter ends: for each origin with transactions since the last checkpoint, its chain end.
    public mutating func appendCheckpoint(_ ends: [Vector.Entry]) throws(WireError) {
        writer.array(count: 2)
        writer.unsigned(4)
        writer.entries(ends)
        try compress(.flushed)
        expandedBytes += writer.bytes.count
        bytesBefore = expandedBytes
        writer.reset()
    }

    public consuming func finish(_ end: MessageEnd) throws(WireError) -> [UInt8] {
        writer.array(count: 3)
        writer.unsigned(0)
        writer.boolean(end.hasMore)
        writer.entries(end.ends)
        try compress(.last)
        return out
    }

    private mutating func flush(whenAbove limit: Int) throws(WireError) {
        guard writer.bytes.count > limit else { return }
        try compress(.open)
        expandedBytes += writer.bytes.count
        writer.reset()
    }

    private mutating func compress(_ ending: ZstdCompressor.Ending) throws(WireError) {
        do throws(ZstdError) {
            try compressor.compress(writer.bytes, into: &out, ending)
        } catch { throw WireError(error) }
    }
}
