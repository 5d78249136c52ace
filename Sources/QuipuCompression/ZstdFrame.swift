internal import CQuipuZstd

/// One zstd frame (RFC 8878) as a whole in memory, compressed with another text as its prefix: what recurs from there
/// costs little, as `zstd --patch-from` has it.
package enum ZstdFrame {
    /// How much work goes into a frame. Frames of all settings are read alike.
    package struct Settings: Sendable {
        /// On zstd's scale.
        var level: Int
        /// The window has two to this power bytes.
        var windowLog: Int
        /// Also search with an index of a few places in all of the window. In a long prefix it takes a tenth of the
        /// memory of an index of all places, and finds more.
        var matchesLongDistances: Bool

        package init(level: Int, windowLog: Int, matchesLongDistances: Bool = false) {
            self.level = level
            self.windowLog = windowLog
            self.matchesLongDistances = matchesLongDistances
        }
    }

    /// Compresses `bytes`.
    ///
    /// - Parameter prefix: empty for none. `expand` needs the same.
    /// - Returns: the frame; nil where memory ran out.
    package static func compress(_ bytes: [UInt8], after prefix: [UInt8], _ settings: Settings) -> [UInt8]? {
        guard let context = ZstdContexts.compressors.take() else { return nil }
        defer { ZstdContexts.compressors.putBack(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: settings.level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, Int32(clamping: settings.windowLog))
        if settings.matchesLongDistances {
            ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1)
        }
        return prefix.withUnsafeBytes { prefix in
            if !prefix.isEmpty, isFailure(ZSTD_CCtx_refPrefix(context, prefix.baseAddress, prefix.count)) {
                return nil
            }
            // With less room than this the library sometimes fails although the frame would have fit.
            return withUnsafeTemporaryAllocation(
                byteCount: ZSTD_compressBound(bytes.count), alignment: 16
            ) { place in
                let size = bytes.withUnsafeBytes {
                    ZSTD_compress2(context, place.baseAddress, place.count, $0.baseAddress, $0.count)
                }
                return isFailure(size) ? nil : Array(place[..<size])
            }
        }
    }

    /// Expands a frame. It takes no more memory than the result: a frame that is expanded in one go needs no window.
    ///
    /// - Parameters:
    ///   - prefix: the one that it was compressed with.
    ///   - maximumBytes: more is not expanded, whatever the frame says.
    /// - Returns: the bytes; nil where the frame is malformed, does not state its size, or holds more.
    package static func expand(_ frame: [UInt8], after prefix: [UInt8], maximumBytes: Int) -> [UInt8]? {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The library gives its two greatest numbers for a frame without a size and for what is no frame.
        guard size <= UInt64(maximumBytes), let context = ZstdContexts.decompressors.take() else {
            return nil
        }
        defer { ZstdContexts.decompressors.putBack(context) }
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
