internal import CQuipuZstd
internal import Synchronization

/// Idle zstd contexts for reuse: creating one, with its tables and buffers, takes many times longer than to process a
/// short message with it.
///
/// `@unchecked Sendable`: a context is either in the list or with one owner.
final class ZstdContexts: @unchecked Sendable {
    static let compressors = ZstdContexts(
        make: { ZSTD_createCCtx() }, free: { ZSTD_freeCCtx($0) }, sizeBytes: { ZSTD_sizeof_CCtx($0) },
        reset: { ZSTD_CCtx_reset($0, ZSTD_reset_session_and_parameters) })
    static let decompressors = ZstdContexts(
        make: { ZSTD_createDCtx() }, free: { ZSTD_freeDCtx($0) }, sizeBytes: { ZSTD_sizeof_DCtx($0) },
        reset: { ZSTD_DCtx_reset($0, ZSTD_reset_session_and_parameters) })

    /// About as many as a server has working threads.
    private static let maximumCount = 8
    /// A larger one has processed an unusually large message, and is freed.
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

    /// Returns a context in its initial state; nil if memory ran out.
    func take() -> OpaquePointer? {
        let number = waiting.withLock { $0.popLast() }
        return number.flatMap { OpaquePointer(bitPattern: $0) } ?? make()
    }

    /// Returns a context, whether its last use succeeded or not.
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
