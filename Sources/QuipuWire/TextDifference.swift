internal import CQuipuZstd
public import QuipuCausality

/// A long text told as what differs from another one that the receiver has: a zstd frame (RFC 8878) that refers back as
/// if the other text, its base, stood before it. A word changed in 60 KB takes some forty bytes so.
///
/// Both texts are named by their hashes, so whoever expands it knows whether it has the right base and whether the
/// right text came of it. Where not, nothing is lost: the text is asked for by its hash like any other that is missing.
public struct TextDifference: Sendable, Equatable {
    /// A shorter text gains too little over what the message's own compression does.
    public static let leastTextBytes = 1 << 10
    /// It must be so many times shorter than its text: on its own a text shrinks to between a half and a third.
    public static let leastGain = 4

    /// Of the canonical JSON text that comes out.
    public var hash: ValueHash
    /// Of the text that it is told from.
    public var base: ValueHash
    public var totalBytes: Int
    public var bytes: [UInt8]

    public init(hash: ValueHash, base: ValueHash, totalBytes: Int, bytes: [UInt8]) {
        self.hash = hash
        self.base = base
        self.totalBytes = totalBytes
        self.bytes = bytes
    }

    /// Nil where it would not be worth it.
    public init?(
        of text: [UInt8], _ hash: ValueHash, from baseText: [UInt8], _ base: ValueHash
    ) {
        guard text.count >= Self.leastTextBytes, baseText.count >= Self.leastTextBytes,
            let bytes = Self.frame(of: text, from: baseText, maximumBytes: text.count / Self.leastGain)
        else { return nil }
        self.init(hash: hash, base: base, totalBytes: text.count, bytes: bytes)
    }

    private static func frame(of text: [UInt8], from base: [UInt8], maximumBytes: Int) -> [UInt8]? {
        guard let context = ZstdContexts.compressors.take() else { return nil }
        defer { ZstdContexts.compressors.putBack(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        // The window reaches from the text's end to the base's beginning, and a search that keeps a few places of
        // all of it takes a tenth of the room of one that keeps all, and finds more: in a text of 1 MB the plain one
        // forgets where it began.
        let windowLog = Int.bitWidth - (base.count + text.count).leadingZeroBitCount
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, Int32(max(10, windowLog)))
        ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1)
        return base.withUnsafeBytes { base in
            text.withUnsafeBytes { text in
                let isSet = ZSTD_CCtx_refPrefix(context, base.baseAddress, base.count)
                guard ZSTD_isError(isSet) == 0 else { return nil }
                // With less room it gives up now and then on what would have had enough of it.
                return withUnsafeTemporaryAllocation(
                    byteCount: ZSTD_compressBound(text.count), alignment: 16
                ) { place in
                    let size = ZSTD_compress2(
                        context, place.baseAddress, place.count, text.baseAddress, text.count)
                    guard ZSTD_isError(size) == 0, size <= maximumBytes else { return nil }
                    return Array(place[..<size])
                }
            }
        }
    }

    /// The text, of which the hash is still to be compared; nil where the frame does not give one of that size.
    ///
    /// It takes no more room than the text: one that is expanded in one go needs no window, whatever the frame says.
    public func text(from base: [UInt8]) -> [UInt8]? {
        guard totalBytes > 0, totalBytes <= Limits.valueBytes, bytes.count <= totalBytes,
            let context = ZstdContexts.decompressors.take()
        else { return nil }
        defer { ZstdContexts.decompressors.putBack(context) }
        return base.withUnsafeBytes { base in
            bytes.withUnsafeBytes { frame in
                // Room is made only where the frame itself says the same.
                let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
                let isSet = ZSTD_DCtx_refPrefix(context, base.baseAddress, base.count)
                guard size == UInt64(totalBytes), ZSTD_isError(isSet) == 0 else { return nil }
                let text = [UInt8](unsafeUninitializedCapacity: totalBytes) { place, count in
                    let size = ZSTD_decompressDCtx(
                        context, place.baseAddress, place.count, frame.baseAddress, frame.count)
                    count = ZSTD_isError(size) == 0 ? size : 0
                }
                return text.count == totalBytes ? text : nil
            }
        }
    }
}

extension TextDifference {
    /// As an item of a message: `[3, value hash, base hash, total bytes, bytes]`.
    func write(to writer: inout CBORWriter) {
        writer.array(count: 5)
        writer.unsigned(3)
        writer.hash(hash)
        writer.hash(base)
        writer.unsigned(UInt64(totalBytes))
        writer.byteString(bytes[...])
    }

    /// What stands behind the item's type.
    init(from reader: inout CBORReader) throws(WireError) {
        hash = try reader.hash()
        base = try reader.hash()
        let total = try reader.unsigned()
        guard total <= UInt64(Limits.valueBytes) else { throw WireError(.tooLarge, "a text is too long") }
        totalBytes = Int(total)
        bytes = Array(try reader.byteString(maximumBytes: Limits.transactionBytes))
    }
}
