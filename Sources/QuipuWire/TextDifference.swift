internal import QuipuCBOR
public import QuipuCausality
internal import QuipuCompression

/// A long text, encoded as the difference from another one that the receiver has: a zstd frame (RFC 8878) with the
/// other text, its base, as prefix. A changed word in 60 KB takes some forty bytes.
///
/// Both texts are identified by their hashes, so the receiver knows whether it has the right base and whether the
/// right text results. If not, nothing is lost: the text is requested by its hash like any other missing one.
public struct TextDifference: Sendable, Equatable {
    /// For a shorter text the gain over the message's own compression is too small.
    public static let leastTextBytes = 1 << 10
    /// The difference must be this many times shorter than its text: on its own, a text shrinks to between a half and
    /// a third.
    public static let leastGain = 4

    /// The hash of the resulting canonical JSON text.
    public var hash: ValueHash
    /// The hash of the base.
    public var base: ValueHash
    public var totalBytes: Int
    public var bytes: [UInt8]

    public init(hash: ValueHash, base: ValueHash, totalBytes: Int, bytes: [UInt8]) {
        self.hash = hash
        self.base = base
        self.totalBytes = totalBytes
        self.bytes = bytes
    }

    /// Computes a difference; nil if it is not worth it.
    public init?(
        of text: [UInt8], _ hash: ValueHash, from baseText: [UInt8], _ base: ValueHash
    ) {
        guard text.count >= Self.leastTextBytes, baseText.count >= Self.leastTextBytes,
            let bytes = Self.frame(of: text, from: baseText, maximumBytes: text.count / Self.leastGain)
        else { return nil }
        self.init(hash: hash, base: base, totalBytes: text.count, bytes: bytes)
    }

    /// The window reaches from the text's end to the base's beginning.
    private static func frame(of text: [UInt8], from base: [UInt8], maximumBytes: Int) -> [UInt8]? {
        let windowLog = max(10, Int.bitWidth - (base.count + text.count).leadingZeroBitCount)
        let settings = ZstdFrame.Settings(level: 1, windowLog: windowLog, matchesLongDistances: true)
        guard let frame = ZstdFrame.compress(text, after: base, settings), frame.count <= maximumBytes else {
            return nil
        }
        return frame
    }

    /// Returns the text, whose hash the caller must verify; nil if the frame does not yield a text of that size.
    public func text(from base: [UInt8]) -> [UInt8]? {
        guard totalBytes > 0, totalBytes <= Limits.valueBytes, bytes.count <= totalBytes,
            let text = ZstdFrame.expand(bytes, after: base, maximumBytes: totalBytes),
            text.count == totalBytes
        else { return nil }
        return text
    }
}

extension TextDifference {
    /// The item in a message: `[3, value hash, base hash, total bytes, bytes]`.
    func write(to writer: inout CBORWriter) {
        writer.array(count: 5)
        writer.unsigned(3)
        writer.hash(hash)
        writer.hash(base)
        writer.unsigned(UInt64(totalBytes))
        writer.byteString(bytes[...])
    }

    /// The parts after an item's type.
    init(from reader: inout CBORReader) throws(WireError) {
        hash = try reader.hash()
        base = try reader.hash()
        let total = try reader.unsigned()
        guard total <= UInt64(Limits.valueBytes) else { throw WireError(.tooLarge, "a text is too long") }
        totalBytes = Int(total)
        bytes = Array(try reader.byteString(maximumBytes: Limits.transactionBytes))
    }
}
