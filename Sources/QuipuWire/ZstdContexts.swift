internal import CQuipuZstd
internal import Synchronization

/// Contexts of zstd that wait for their next message: to make one, and the tables and buffers in it, takes many times
/// longer than to read or write a short message with it.
///
/// `@unchecked Sendable`: a context is in the list or with one owner, never both.
final class ZstdContexts: @unchecked Sendable {
    static let compressors = ZstdContexts(
        make: { ZSTD_createCCtx() }, free: { ZSTD_freeCCtx($0) }, sizeBytes: { ZSTD_sizeof_CCtx($0) },
        reset: { ZSTD_CCtx_reset($0, ZSTD_reset_session_and_parameters) })
    static let decompressors = ZstdContexts(
        make: { ZSTD_createDCtx() }, free: { ZSTD_freeDCtx($0) }, sizeBytes: { ZSTD_sizeof_DCtx($0) },
        reset: { ZSTD_DCtx_reset($0, ZSTD_reset_session_and_parameters) })

    /// As many as threads of a server that work at a time, roughly.
    private static let maximumCount = 8
    /// A larger one has seen a larger message than most, and is given back.
    private static let maximumBytes = 2 << 20

    private let waiting = Mutex<[UInt]>([])
    private let make: @Sendable () -> OpaquePointer?
    private let free: @Sendable (OpaquePointer) -> Int
    private let sizeBytes: @Sendable (OpaquePointer) -> Int
    private let reset: @Sendable (OpaquePointer) -> Int

    private init(
        make: @escaping @Sendable () -> OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Int,
        sizeBytes: @escaping @Sendable (OpaquePointer) -> Int,
        reset: @escaping @Sendable (OpaquePointer) -> Int
    ) {
        self.make = make
        self.free = free
        self.sizeBytes = sizeBytes
        self.reset = reset
    }

    /// As new; nil if memory ran out.
    func take() -> OpaquePointer? {
        let number = waiting.withLock { $0.popLast() }
        return number.flatMap { OpaquePointer(bitPattern: $0) } ?? make()
    }

    /// Whatever became of the message.
    func putBack(_ context: OpaquePointer) {
        if sizeBytes(context) <= Self.maximumBytes, ZSTD_isError(reset(context)) == 0 {
            let isKept = waiting.withLock { waiting in
                guard waiting.count < Self.maximumCount else { return false }
                waiting.append(UInt(bitPattern: context))
                return true
            }
            if isKept { return }
        }
        _ = free(context)
    }
}
