internal import QuipuCBOR
internal import QuipuCompression
internal import QuipuWire

/// Decompresses a snapshot block by block, within bounds.
struct SnapshotDecompressor: ~Copyable {
    /// Text shrinks to a tenth at most. A file that claims to expand far more is meant to fill a disk.
    private static let maximumExpansion = 200

    /// The first bytes of an SQLite database (SQLite documentation, "Database File Format", 1.3).
    private static let databaseStart = Array("SQLite format 3\0".utf8)

    private let output: FileStream
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: FileStream.blockBytes, alignment: 16)
    private var decompressor: ZstdDecompressor

    init(into output: FileStream) throws {
        self.output = output
        decompressor = try ZstdDecompressor(maximumExpandedBytes: FileStream.blockBytes)
    }

    deinit { room.deallocate() }

    /// Bytes of the database written so far.
    var expandedBytes: Int { output.position }

    /// - Throws: `WireError` if it is not a snapshot; `StorageError` for errors of this machine's disk.
    mutating func expand(_ block: UnsafeRawBufferPointer) throws {
        decompressor.maximumExpandedBytes += block.count * Self.maximumExpansion
        let output = output
        do {
            try decompressor.decompress(block, in: room) { bytes in
                let place = output.position
                guard
                    zip(Self.databaseStart.dropFirst(min(place, Self.databaseStart.count)), bytes)
                        .allSatisfy({ $0 == $1 })
                else { throw WireError(.unexpected, "it holds no database") }
                try output.write(bytes)
            }
        } catch let error as ZstdError {
            throw WireError(error)
        }
    }

    /// - Throws: `WireError` if the snapshot is incomplete.
    consuming func finish() throws {
        guard decompressor.isComplete else { throw WireError(.cut, "it was cut short") }
    }
}
