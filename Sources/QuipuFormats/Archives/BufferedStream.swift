/// Reads lines and blocks from a stream, with a look ahead of what its caller asks for.
final class BufferedStream {
    private let stream: any ByteStream
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    static let blockBytes = 64 << 10

    init(_ stream: any ByteStream) { self.stream = stream }

    var fault: String? { stream.fault }

    /// How much of the file was read to get here: a place in a plain file, the end of what was read in a compressed one.
    var fileOffset: Int { max(0, stream.fileOffset - (isPlain ? buffer.count - start : 0)) }

    private var isPlain: Bool { stream is SourceStream || stream is MemoryStream }

    /// Up to `count` of the bytes that come next, left where they are; fewer only at the end.
    func peek(_ count: Int) throws(InterchangeError) -> ArraySlice<UInt8> {
        while buffer.count - start < count, !isAtEnd {
            try fill(max(count - (buffer.count - start), Self.blockBytes))
        }
        return buffer[start...].prefix(count)
    }

    /// Passes over bytes that `peek` has shown.
    func skip(_ count: Int) { start = min(start + count, buffer.count) }

    /// Takes up to `count` bytes; fewer only at the end.
    func take(_ count: Int) throws(InterchangeError) -> [UInt8] {
        let bytes = Array(try peek(count))
        skip(bytes.count)
        return bytes
    }

    /// Passes over up to `count` bytes, without keeping them.
    /// - Returns: how many there were.
    func pass(_ count: Int) throws(InterchangeError) -> Int {
        var left = count
        while left > 0 {
            let got = try peek(min(left, Self.blockBytes)).count
            if got == 0 { break }
            skip(got)
            left -= got
        }
        return count - left
    }

    /// The next line without its end (a line feed, perhaps after a carriage return); nil at the end. Of a line longer than
    /// `maximumBytes` the front is taken, and the rest comes as the next line.
    func line(maximumBytes: Int) throws(InterchangeError) -> [UInt8]? {
        var looked = 0
        while true {
            let seen = try peek(min(max(looked * 2, 512), maximumBytes))
            if let end = seen.dropFirst(looked).firstIndex(of: 0x0A) {
                var line = Array(seen[seen.startIndex..<end])
                if line.last == 0x0D { line.removeLast() }
                skip(end + 1 - seen.startIndex)
                return line
            }
            if seen.count == looked || seen.count >= maximumBytes {
                if seen.isEmpty { return nil }
                let line = Array(seen)
                skip(line.count)
                return line
            }
            looked = seen.count
        }
    }

    /// Puts bytes back in front of what comes next.
    func unread(_ bytes: ArraySlice<UInt8>) {
        if bytes.count <= start {
            start -= bytes.count
            buffer.replaceSubrange(start..<(start + bytes.count), with: bytes)
        } else {
            buffer.replaceSubrange(..<start, with: bytes)
            start = 0
        }
    }

    private func fill(_ count: Int) throws(InterchangeError) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let old = buffer.count
        buffer += [UInt8](repeating: 0, count: count)
        let got = try buffer.withUnsafeMutableBufferPointer { [stream] (bytes) throws(InterchangeError) in
            try stream.read(into: UnsafeMutableBufferPointer(rebasing: bytes[old...]))
        }
        buffer.removeLast(count - got)
        isAtEnd = got == 0
    }
}
