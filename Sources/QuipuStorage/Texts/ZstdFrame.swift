internal import CQuipuZstd

/// One zstd frame (RFC 8878) as a whole in memory, compressed with another text as its prefix.
enum ZstdFrame {
    /// Words that recur in one prose text are found at any level; a higher one finds little more and takes twice as long.
    private static let level: Int32 = 3

    /// - Parameter prefix: what comes back costs little where it stands there too; empty for none.
    /// - Returns: nil where memory ran out.
    static func compress(_ bytes: [UInt8], after prefix: [UInt8]) -> [UInt8]? {
        guard let context = ZSTD_createCCtx() else { return nil }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        // All of the prefix is to be within reach from the end of the text.
        let reach = max(bytes.count + prefix.count, 1 << 10)
        let log = Int32(Int.bitWidth - (reach - 1).leadingZeroBitCount)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log)
        return prefix.withUnsafeBytes { prefix in
            if !prefix.isEmpty, isFailure(ZSTD_CCtx_refPrefix(context, prefix.baseAddress, prefix.count)) {
                return nil
            }
            var isSound = false
            let frame = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { out, count in
                let size = bytes.withUnsafeBytes {
                    ZSTD_compress2(context, out.baseAddress, out.count, $0.baseAddress, $0.count)
                }
                isSound = !isFailure(size)
                count = isSound ? size : 0
            }
            return isSound ? frame : nil
        }
    }

    /// - Parameter maximumBytes: no more is expanded, whatever the frame says.
    /// - Returns: nil where the frame is not sound, or holds more.
    static func expand(_ frame: [UInt8], after prefix: [UInt8], maximumBytes: Int) -> [UInt8]? {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // What does not say its size, or is no frame, says the greatest numbers.
        guard size <= UInt64(maximumBytes), let context = ZSTD_createDCtx() else { return nil }
        defer { ZSTD_freeDCtx(context) }
        return prefix.withUnsafeBytes { prefix in
            if !prefix.isEmpty, isFailure(ZSTD_DCtx_refPrefix(context, prefix.baseAddress, prefix.count)) {
                return nil
            }
            var isSound = false
            let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { out, count in
                let found = frame.withUnsafeBytes {
                    ZSTD_decompressDCtx(context, out.baseAddress, out.count, $0.baseAddress, $0.count)
                }
                isSound = found == Int(size)
                count = isSound ? found : 0
            }
            return isSound ? bytes : nil
        }
    }

    private static func isFailure(_ status: Int) -> Bool { ZSTD_isError(status) != 0 }
}
