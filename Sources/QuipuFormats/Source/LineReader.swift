internal import Glibc

/// Splits a source into lines without ever holding more than one of bounded length.
package struct LineReader {
    package enum Ends {
        /// Line feeds; a carriage return before one belongs to the line's end.
        case lineFeeds
        /// Also a single carriage return, as in old text files.
        case any
    }

    package struct Line {
        package let number: Int
        package let byteOffset: Int
        /// In `buffer`, without the line's end; empty when the line is too long.
        package let range: Range<Int>
        /// As much of `buffer` after the range as ended the line.
        package let endBytes: Int
        package let isTooLong: Bool
    }

    let source: ByteSource
    let ends: Ends
    let maximumLineBytes: Int
    /// A line's bytes stay here until the next line is asked for.
    package private(set) var buffer: [UInt8]
    private var start = 0
    private var filled = 0
    private var isAtEnd = false
    private var lineNumber = 0
    private var consumedBytes: Int

    static let blockBytes = 256 << 10

    /// `byteOffset` is how much of the file was passed over before.
    package init(
        _ source: ByteSource, ends: Ends, byteOffset: Int,
        maximumLineBytes: Int = SourceLimits.maximumLineBytes
    ) {
        self.source = source
        self.ends = ends
        self.maximumLineBytes = maximumLineBytes
        consumedBytes = byteOffset
        buffer = [UInt8](repeating: 0, count: min(LineReader.blockBytes, maximumLineBytes + 2))
    }

    package mutating func next() throws(InterchangeError) -> Line? {
        var scanned = start
        var droppedBytes = 0
        while true {
            if let end = lineEnd(from: scanned) {
                return take(upTo: end.lowerBound, endBytes: end.count, droppedBytes: droppedBytes)
            }
            if isAtEnd {
                if start == filled, droppedBytes == 0 { return nil }
                return take(upTo: filled, endBytes: 0, droppedBytes: droppedBytes)
            }
            // The last byte may be half of a line's end.
            scanned = max(start, filled - 1)
            if filled - start > maximumLineBytes + 1 || droppedBytes > 0 {
                droppedBytes += scanned - start
                start = scanned
            }
            scanned -= makeRoom()
            try fill()
        }
    }

    private mutating func fill() throws(InterchangeError) {
        let from = filled
        let got = try buffer.withUnsafeMutableBufferPointer { [source] (bytes) throws(InterchangeError) in
            try source.read(into: UnsafeMutableBufferPointer(rebasing: bytes[from...]))
        }
        filled += got
        isAtEnd = got == 0
    }

    /// How far what is kept moved to the front.
    private mutating func makeRoom() -> Int {
        let shift = start
        if start > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { memmove(base, base + start, filled - start) }
            }
            filled -= start
            start = 0
        }
        if filled == buffer.count {
            let grown = min(buffer.count * 2, maximumLineBytes + LineReader.blockBytes)
            buffer += [UInt8](repeating: 0, count: grown - buffer.count)
        } else if filled < LineReader.blockBytes / 2, buffer.count > LineReader.blockBytes * 4 {
            // One long line must not keep its room for ever.
            buffer = Array(buffer[..<LineReader.blockBytes])
        }
        return shift
    }

    private mutating func take(upTo end: Int, endBytes: Int, droppedBytes: Int) -> Line {
        let isTooLong = droppedBytes > 0 || end - start > maximumLineBytes
        lineNumber += 1
        let line = Line(
            number: lineNumber, byteOffset: consumedBytes, range: isTooLong ? start..<start : start..<end,
            endBytes: isTooLong ? 0 : endBytes, isTooLong: isTooLong)
        consumedBytes += droppedBytes + (end - start) + endBytes
        start = end + endBytes
        return line
    }

    private func lineEnd(from index: Int) -> Range<Int>? {
        buffer.withUnsafeBytes { bytes -> Range<Int>? in
            guard let base = bytes.baseAddress, index < filled else { return nil }
            switch ends {
            case .lineFeeds:
                guard let found = memchr(base + index, 0x0A, filled - index) else { return nil }
                let position = UnsafeRawPointer(found) - base
                let hasReturn = position > start && bytes[position - 1] == 0x0D
                return (hasReturn ? position - 1 : position)..<(position + 1)
            case .any:
                for position in index..<filled {
                    if bytes[position] == 0x0A { return position..<(position + 1) }
                    if bytes[position] == 0x0D {
                        if position + 1 < filled {
                            return position..<(position + (bytes[position + 1] == 0x0A ? 2 : 1))
                        }
                        return isAtEnd ? position..<(position + 1) : nil
                    }
                }
                return nil
            }
        }
    }
}
