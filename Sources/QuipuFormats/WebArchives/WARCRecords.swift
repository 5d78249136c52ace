internal import QuipuNaturalKeys

/// Cuts a WARC or ARC file into records.
///
/// A record is its version line, header, blank line, as many bytes as `Content-Length` says, and two line ends. Where
/// something else than the next record stands behind those bytes, the length is wrong: a record ends where the next
/// version line stands, in what was taken for the block, or behind it.
struct WARCRecords {
    enum Piece {
        case record(WARCRecord)
        /// Bytes that belong to no record were passed over.
        case passedOver(bytes: Int, fileOffset: Int)
    }

    private enum Kind {
        case warc
        case arc
    }

    static let maximumBlockBytes = ExpansionLimits.maximumHeldBytes
    private static let maximumLineBytes = 64 << 10
    private static let maximumHeaderLines = 2_000

    let stream: BufferedStream
    private var number = 0
    private let offsetBase: Int
    /// Bytes that were taken for a block and belong to the records after it.
    private var bytesReadAgain = 0
    /// Beyond it lengths are not believed any more: a file of small records that all claim to be long would be read once for each.
    private static let maximumBytesReadAgain = 2 * maximumBlockBytes

    init(_ stream: any ByteStream, offsetBase: Int = 0) {
        self.stream = BufferedStream(stream)
        self.offsetBase = offsetBase
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        try passBlankLines()
        let offset = offsetBase + stream.fileOffset
        guard let kind = try kindOfRecord() else {
            let passed = try passToRecord()
            return passed == 0 ? nil : .passedOver(bytes: passed, fileOffset: offset)
        }
        number += 1
        return .record(
            try kind == .warc ? warcRecord(fileOffset: offset) : arcRecord(fileOffset: offset))
    }

    private func passBlankLines() throws(InterchangeError) {
        while let first = try stream.peek(1).first, first == 0x0D || first == 0x0A { stream.skip(1) }
    }

    // MARK: Where a record begins

    private func kindOfRecord() throws(InterchangeError) -> Kind? {
        let start = try stream.peek(Self.maximumMarkBytes)
        if Self.isWARCMark(start) { return .warc }
        return Self.isARCMark(start) ? .arc : nil
    }

    private static let maximumMarkBytes = 2_048

    private static func isWARCMark(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: "WARC/".utf8) && bytes.dropFirst(5).first.map(ASCII.isDigit) == true
            && bytes.dropFirst(6).first == UInt8(ascii: ".")
    }

    /// `http://example.org/ 192.0.2.1 20240506070809 text/html 1591`; addresses may hold spaces.
    private static func isARCMark(_ bytes: ArraySlice<UInt8>) -> Bool {
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard line.count < bytes.count, line.count <= maximumMarkBytes,
            ["http://", "https://", "filedesc://", "dns:", "ftp://"].contains(where: {
                line.starts(with: $0.utf8)
            })
        else { return false }
        return arcFields(line) != nil
    }

    private static func arcFields(
        _ line: ArraySlice<UInt8>
    ) -> (address: ArraySlice<UInt8>, date: ArraySlice<UInt8>, type: ArraySlice<UInt8>, length: Int)? {
        let words = line.split(separator: 0x20)
        guard words.count >= 5, let length = number(words[words.count - 1]) else { return nil }
        let date = words[words.count - 3]
        guard (8...20).contains(date.count), date.allSatisfy(ASCII.isDigit) else { return nil }
        let ip = words[words.count - 4]
        return (
            HeaderFields.trimmed(line[line.startIndex..<ip.startIndex]), date, words[words.count - 2], length
        )
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard (1...18).contains(bytes.count), bytes.allSatisfy(ASCII.isDigit) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self))
    }

    /// Passes over lines up to the next record or the end.
    private func passToRecord() throws(InterchangeError) -> Int {
        var passed = 0
        while try kindOfRecord() == nil {
            let before = try stream.peek(1).count
            guard before > 0, let line = try stream.line(maximumBytes: Self.maximumLineBytes) else { break }
            passed += line.count + 1
        }
        return passed
    }

    // MARK: Records

    private mutating func warcRecord(fileOffset: Int) throws(InterchangeError) -> WARCRecord {
        _ = try stream.line(maximumBytes: Self.maximumLineBytes)
        var fields = HeaderFields()
        for _ in 0..<Self.maximumHeaderLines {
            // A header that is cut ends where the next record begins.
            if try Self.isWARCMark(stream.peek(8)) { break }
            guard let line = try stream.line(maximumBytes: Self.maximumLineBytes), !line.isEmpty else {
                break
            }
            fields.append(line: line[...])
        }
        let length = fields.bytes("content-length").flatMap(Self.number)
        let block = try block(length)
        let type = fields.mediaType("warc-type") ?? ""
        return WARCRecord(
            type: type, fields: fields, block: block.bytes, number: number, fileOffset: fileOffset,
            fault: block.fault, isCut: block.isCut, isTooLong: block.isTooLong)
    }

    private mutating func arcRecord(fileOffset: Int) throws(InterchangeError) -> WARCRecord {
        let line = try stream.line(maximumBytes: Self.maximumLineBytes) ?? []
        var fields = HeaderFields()
        var type = ""
        var length: Int?
        if let arc = Self.arcFields(line[...]) {
            fields.append(line: ("WARC-Target-URI: ".utf8 + arc.address)[...])
            fields.append(line: ("WARC-Date: ".utf8 + arc.date)[...])
            fields.append(line: Array("Content-Type: application/http".utf8)[...])
            type = arc.address.starts(with: "http".utf8) ? "response" : "warcinfo"
            length = arc.length
        }
        let block = try block(length)
        return WARCRecord(
            type: type, fields: fields, block: block.bytes, number: number, fileOffset: fileOffset,
            fault: block.fault, isCut: block.isCut, isTooLong: block.isTooLong)
    }

    private struct Block {
        var bytes: [UInt8]
        var fault: String?
        var isCut = false
        var isTooLong = false
    }

    /// The block of a record whose header is read.
    private mutating func block(
        _ length: Int?
    ) throws(InterchangeError) -> Block {
        guard let length else {
            let (bytes, isTooLong) = try blockToNextRecord(after: [])
            return Block(bytes: bytes, fault: "it has no length that can be read", isTooLong: isTooLong)
        }
        if length > Self.maximumBlockBytes {
            let isWhole = try passLongBlock(length)
            return Block(
                bytes: [], fault: isWhole ? nil : "its length is wrong, or it is cut", isCut: !isWhole,
                isTooLong: true)
        }
        if bytesReadAgain > Self.maximumBytesReadAgain {
            let (bytes, isTooLong) = try blockToNextRecord(after: [])
            // Line ends at its end may be a part of it, or not.
            let isWhole = (bytes.count...bytes.count + 4).contains(length)
            return Block(bytes: bytes, fault: isWhole ? nil : "its length is wrong", isTooLong: isTooLong)
        }
        var bytes = try stream.take(length)
        if bytes.count == length, try isFollowedByRecord() { return Block(bytes: bytes) }
        // The record behind it may stand inside of it, or begin there.
        let behind = Array(try stream.peek(Self.maximumMarkBytes))
        let held = bytes.count
        bytes += behind
        if let mark = Self.markOfRecord(bytes), mark <= held {
            if mark < held {
                stream.unread(bytes[mark..<held])
                bytesReadAgain += held - mark
            }
            return Block(bytes: Self.withoutLineEnds(bytes[..<mark]), fault: "its length is wrong")
        }
        bytes.removeLast(bytes.count - held)
        if held < length {
            return Block(
                bytes: bytes, fault: "it is cut: \(held) of \(length) bytes are there", isCut: true)
        }
        let (whole, isTooLong) = try blockToNextRecord(after: bytes)
        return Block(bytes: whole, fault: "its length is wrong", isTooLong: isTooLong)
    }

    /// Whether nothing, or line ends and another record, stands here.
    private func isFollowedByRecord() throws(InterchangeError) -> Bool {
        let rest = try stream.peek(Self.maximumMarkBytes).drop { $0 == 0x0D || $0 == 0x0A }
        return rest.isEmpty || Self.isWARCMark(rest) || Self.isARCMark(rest)
    }

    /// Where the first record begins behind a line end in the bytes.
    private static func markOfRecord(_ bytes: [UInt8]) -> Int? {
        var index = 0
        while let end = bytes[index...].firstIndex(of: 0x0A) {
            index = end + 1
            if bytes[index...].first == UInt8(ascii: "W"), isWARCMark(bytes[index...]) { return index }
        }
        return nil
    }

    private func blockToNextRecord(
        after start: [UInt8]
    ) throws(InterchangeError) -> (bytes: [UInt8], isTooLong: Bool) {
        var bytes = start
        var isTooLong = false
        while try kindOfRecord() == nil {
            let seen = Array(try stream.peek(BufferedStream.blockBytes))
            if seen.isEmpty { break }
            // Up to the last line end, since a mark begins a line.
            let end = Self.markOfRecord(seen) ?? seen.lastIndex(of: 0x0A).map { $0 + 1 } ?? seen.count
            stream.skip(end)
            isTooLong = isTooLong || bytes.count + end > Self.maximumBlockBytes
            if isTooLong { bytes = [] } else { bytes += seen[..<end] }
        }
        return (Self.withoutLineEnds(bytes[...]), isTooLong)
    }

    /// Passes over a block that is too long to be held, but not over records that stand in it where its length is wrong.
    ///
    /// - Returns: whether it is as long as it should be.
    private func passLongBlock(_ length: Int) throws(InterchangeError) -> Bool {
        var left = length
        while left > 0 {
            let seen = Array(try stream.peek(min(left, BufferedStream.blockBytes)))
            if seen.isEmpty { return false }
            if let mark = Self.markOfRecord(seen) {
                stream.skip(mark)
                return false
            }
            // Up to the last line end, since a mark begins a line.
            let end = seen.lastIndex(of: 0x0A).map { $0 + 1 } ?? seen.count
            stream.skip(end)
            left -= end
        }
        return try isFollowedByRecord()
    }

    private static func withoutLineEnds(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<2 {
            if bytes.last == 0x0A { bytes.removeLast() }
            if bytes.last == 0x0D { bytes.removeLast() }
        }
        return Array(bytes)
    }
}
