internal import CQuipuZstd

/// Why a frame cannot be written or read.
package enum ZstdError: Error {
    case outOfMemory
    /// It is no zstd frame, or was changed on the way.
    case malformed
    /// Something follows the frame.
    case trailingBytes
    /// It expands to more than it may.
    case tooLarge
    /// The library failed to compress.
    case failed
}

/// One zstd frame (RFC 8878), written in portions.
package struct ZstdCompressor: ~Copyable {
    /// What follows a portion.
    package enum Ending {
        /// More data, possibly in the same block.
        case open
        /// More data, in new blocks: a reader can decode all of this portion without it.
        case flushed
        case last
    }

    /// The size of a thread's job; zstd's default is several times as much, and each thread has two buffers of it.
    private static let jobBytes: Int32 = 1 << 20

    private let context: OpaquePointer
    private let isShared: Bool

    /// - Parameters:
    ///   - level: 1 is fast and compresses enough: texts of articles shrink by more than half at any level.
    ///   - threads: worker threads; 0 compresses on the caller's thread. Ignored if zstd was built without threads.
    package init(level: Int = 1, threads: Int = 0) throws(ZstdError) {
        // A context with threads and their buffers is not kept for reuse.
        isShared = threads == 0
        guard let context = isShared ? ZstdContexts.compressors.take() : ZSTD_createCCtx() else {
            throw .outOfMemory
        }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
        if threads > 0 {
            ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, Int32(clamping: threads))
            ZSTD_CCtx_setParameter(context, ZSTD_c_jobSize, Self.jobBytes)
        }
        // Four bytes that reveal corruption by a link, a proxy or memory.
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        if isShared { ZstdContexts.compressors.putBack(context) } else { ZSTD_freeCCtx(context) }
    }

    package mutating func compress(
        _ bytes: [UInt8], into out: inout [UInt8], _ ending: Ending
    ) throws(ZstdError) {
        let directive =
            switch ending {
            case .open: ZSTD_e_continue
            case .flushed: ZSTD_e_flush
            case .last: ZSTD_e_end
            }
        var input = ZSTD_inBuffer(src: nil, size: bytes.count, pos: 0)
        let portion = ZSTD_CStreamOutSize()
        let status: Int = bytes.withUnsafeBytes { source in
            input.src = source.baseAddress
            while true {
                var remaining = 0
                let produced = withUnsafeTemporaryAllocation(byteCount: portion, alignment: 16) { place in
                    var output = ZSTD_outBuffer(dst: place.baseAddress, size: portion, pos: 0)
                    remaining = ZSTD_compressStream2(context, &output, &input, directive)
                    out.append(contentsOf: UnsafeRawBufferPointer(rebasing: place[..<output.pos]))
                    return output.pos
                }
                if ZSTD_isError(remaining) != 0 { return remaining }
                switch ending {
                case .open: if input.pos == input.size, produced < portion { return 0 }
                case .flushed, .last: if remaining == 0 { return 0 }
                }
            }
        }
        if ZSTD_isError(status) != 0 { throw .failed }
    }
}

/// Decompresses one zstd frame, in portions, up to a limit: a few kilobytes can claim to be gigabytes.
package struct ZstdDecompressor: ~Copyable {
    /// 8 MiB: more than any level that is used needs, and the most memory that a hostile frame can demand.
    private static let maximumWindowLog: Int32 = 23

    private let context: OpaquePointer
    /// May be raised as more of the frame arrives.
    package var maximumExpandedBytes: Int
    private var expandedBytes = 0
    /// Whether the frame was complete, with a correct checksum.
    package private(set) var isComplete = false

    package init(maximumExpandedBytes: Int) throws(ZstdError) {
        guard let context = ZstdContexts.decompressors.take() else {
            throw .outOfMemory
        }
        self.context = context
        self.maximumExpandedBytes = maximumExpandedBytes
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindowLog)
    }

    deinit { ZstdContexts.decompressors.putBack(context) }

    package mutating func decompress(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8])
        throws(ZstdError)
    {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        let portion = ZSTD_DStreamOutSize()
        var wasFull = false
        while input.pos < input.size || wasFull {
            var failure: ZstdError?
            withUnsafeTemporaryAllocation(byteCount: portion, alignment: 16) { place in
                do throws(ZstdError) {
                    let count = try expand(&input, into: place)
                    wasFull = count == portion && !isComplete
                    out.append(contentsOf: UnsafeRawBufferPointer(rebasing: place[..<count]))
                } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    /// Decompresses a portion into a buffer, for data that is not to be held in memory.
    ///
    /// - Parameters:
    ///   - room: a buffer for one portion at a time.
    ///   - take: receives the contents of the buffer, and may throw.
    package mutating func decompress(
        _ bytes: UnsafeRawBufferPointer, in room: UnsafeMutableRawBufferPointer,
        _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var wasFull = false
        while input.pos < input.size || wasFull {
            let count = try expand(&input, into: room)
            wasFull = count == room.count && !isComplete
            try take(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }

    /// - Returns: the number of bytes written to `place`.
    private mutating func expand(
        _ input: inout ZSTD_inBuffer, into place: UnsafeMutableRawBufferPointer
    ) throws(ZstdError) -> Int {
        guard !isComplete else { throw .trailingBytes }
        var output = ZSTD_outBuffer(dst: place.baseAddress, size: place.count, pos: 0)
        let status = ZSTD_decompressStream(context, &output, &input)
        if ZSTD_isError(status) != 0 {
            throw .malformed
        }
        expandedBytes += output.pos
        if expandedBytes > maximumExpandedBytes {
            throw .tooLarge
        }
        isComplete = status == 0
        return output.pos
    }
}
