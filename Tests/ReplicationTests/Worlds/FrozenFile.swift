import CQuipuZstd
import Foundation

/// A file's bytes kept in memory, small: databases of a few records are mostly empty pages.
struct FrozenFile: Sendable {
    private let compressed: [UInt8]
    private let sizeBytes: Int

    init(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        sizeBytes = data.count
        let bound = ZSTD_compressBound(data.count)
        let room = data.withUnsafeBytes { source in
            [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                count = ZSTD_compress(target.baseAddress, bound, source.baseAddress, source.count, 1)
            }
        }
        // Without the room that was left: thousands are kept.
        compressed = room.withUnsafeBufferPointer { Array($0) }
        precondition(ZSTD_isError(compressed.count) == 0, "\(path) could not be compressed")
    }

    func write(to path: String) throws {
        let bytes = [UInt8](unsafeUninitializedCapacity: sizeBytes) { target, count in
            count = ZSTD_decompress(target.baseAddress, sizeBytes, compressed, compressed.count)
        }
        precondition(bytes.count == sizeBytes, "a file that was kept is damaged")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}
