/// Bytes that are read once, in blocks: a source, what a compressed stream expands to, an entry of an archive.
protocol ByteStream: AnyObject {
    /// Fills the front of `buffer`, which is not empty; 0 at the end, and where ``fault`` says what is wrong.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int

    /// Why the bytes end before they should; nil where nothing is wrong.
    var fault: String? { get }

    /// How much of the file was read so far.
    var fileOffset: Int { get }
}

/// The bytes of a source, counted.
final class SourceStream: ByteStream {
    let source: ByteSource
    private(set) var fileOffset = 0
    var fault: String? { nil }

    init(_ source: ByteSource) { self.source = source }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int {
        let got = try source.read(into: buffer)
        fileOffset += got
        return got
    }
}

/// Bytes in memory.
final class MemoryStream: ByteStream {
    private let bytes: [UInt8]
    private(set) var fileOffset = 0
    var fault: String? { nil }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InterchangeError) -> Int {
        let count = min(buffer.count, bytes.count - fileOffset)
        guard count > 0 else { return 0 }
        _ = buffer.update(fromContentsOf: bytes[fileOffset..<(fileOffset + count)])
        fileOffset += count
        return count
    }
}
