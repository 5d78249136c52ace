/// Cuts a table with separators into rows, as RFC 4180 has them: cells in quotation marks may hold separators, line breaks and
/// doubled quotation marks. One row is held at a time.
///
/// A quotation mark opens a cell only at its beginning. What follows a closing one up to the separator belongs to the cell, as in
/// tables that were quoted by hand. Rows end with LF, CR LF or CR; blank lines are passed over.
///
/// A mark that opens a cell of several lines and is not closed before a separator is a stray one, and part of the text, where
/// its line and the next one have as many cells as the first row without it: it would swallow the rows after it.
struct CSVRows {
    struct Row {
        /// Of each cell, its bytes in `bytes`.
        let cells: [Range<Int>]
        let bytes: [UInt8]
        let line: Int
        let byteOffset: Int
        /// Whether a quotation mark that is not closed was taken as part of its text.
        let hasStrayMark: Bool
        /// Whether the file ends in it, without a line end.
        let endsFile: Bool
    }

    enum Piece {
        case row(Row)
        /// A row that is not taken.
        case broken(String, line: Int, byteOffset: Int)
    }

    private let source: ByteSource
    private let separator: UInt8
    private let maximumBytes: Int
    private var block = [UInt8](repeating: 0, count: LineReader.blockBytes)
    private var index = 0
    private var filled = 0
    private var line = 1
    private var byteOffset: Int
    private var isFinished = false
    private var bytes: [UInt8] = []
    private var cells: [Range<Int>] = []
    /// Of the cell that is being read.
    private var start = 0
    private var isTooLong = false
    /// Of the first row.
    private var columnCount = 0
    private var hasStrayMark = false
    /// Where the cell in quotation marks began, to go back to.
    private var opened: (line: Int, byteOffset: Int, bytesCount: Int)?
    /// What was read since.
    private var behindMark: [UInt8] = []
    /// What was read and is to be read again, from `pushedIndex` on.
    private var pushed: [UInt8] = []
    private var pushedIndex = 0
    /// So much is read again of one table.
    private var mostPushed = 64 << 20

    init(
        _ source: ByteSource, separator: UInt8, byteOffset: Int = 0,
        maximumBytes: Int = SourceLimits.maximumLineBytes
    ) {
        self.source = source
        self.separator = separator
        self.byteOffset = byteOffset
        self.maximumBytes = maximumBytes
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while !isFinished {
            let (line, offset) = (self.line, byteOffset)
            bytes.removeAll(keepingCapacity: bytes.capacity <= LineReader.blockBytes)
            cells.removeAll(keepingCapacity: true)
            guard let fault = try readRow() else {
                if cells.isEmpty || cells.count == 1 && bytes.allSatisfy(ForeignFormat.isSpace) { continue }
                if columnCount == 0, !bytes.starts(with: "sep=".utf8) { columnCount = cells.count }
                return .row(
                    Row(
                        cells: cells, bytes: bytes, line: line, byteOffset: offset,
                        hasStrayMark: hasStrayMark, endsFile: isFinished
                    ))
            }
            return .broken(fault, line: line, byteOffset: offset)
        }
        return nil
    }

    /// - Returns: why the row is not taken.
    private mutating func readRow() throws(InterchangeError) -> String? {
        (start, isTooLong, hasStrayMark, opened) = (0, false, false, nil)
        var isQuoted = false
        var isAtStart = true
        while true {
            guard let byte = try take() else {
                guard isQuoted, goBackToStrayMark() else { break }
                isQuoted = false
                continue
            }
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    add(byte)
                } else if try current() == byte {
                    _ = try take()
                    add(byte)
                } else {
                    isQuoted = false
                    let next = try current()
                    let isEnd = next == nil || next == separator || next == 0x0A || next == 0x0D
                    if !isEnd { goBackToStrayMark() }
                    opened = nil
                }
                // A mark that nothing closes must not swallow the rest of a large file unnoticed.
                if isTooLong {
                    if goBackToStrayMark() {
                        isQuoted = false
                        continue
                    }
                    isFinished = true
                    return
                        "a quotation mark opens a cell of more than \(maximumBytes) bytes, so nothing after "
                        + "this place could be read"
                }
                continue
            }
            switch byte {
            case separator:
                endCell()
                isAtStart = true
            case 0x0A: return finishRow()
            case 0x0D:
                if try current() == 0x0A { _ = try take() } else { line += 1 }
                return finishRow()
            case UInt8(ascii: "\"") where isAtStart:
                (isQuoted, isAtStart) = (true, false)
                opened = (line, byteOffset, bytes.count)
                behindMark.removeAll(keepingCapacity: behindMark.capacity <= LineReader.blockBytes)
            default:
                isAtStart = false
                add(byte)
            }
        }
        isFinished = true
        if isQuoted { return "a quotation mark opens a cell that is never closed" }
        return bytes.isEmpty && cells.isEmpty ? nil : finishRow()
    }

    /// Takes the mark that opened the cell as part of its text, where it is a stray one, and reads again what follows it.
    @discardableResult
    private mutating func goBackToStrayMark() -> Bool {
        guard let mark = opened, columnCount > 1, behindMark.count <= mostPushed else { return false }
        let lines = behindMark.split(maxSplits: 2, omittingEmptySubsequences: false) {
            $0 == 0x0A || $0 == 0x0D
        }
        let next = lines.dropFirst().first { !$0.isEmpty } ?? []
        guard cells.count + cellCount(lines[0]) == columnCount, !next.isEmpty, cellCount(next) == columnCount
        else {
            return false
        }
        mostPushed -= behindMark.count
        if behindMark.count <= pushedIndex {
            pushedIndex -= behindMark.count
        } else {
            (pushed, pushedIndex) = (behindMark, 0)
        }
        (line, byteOffset) = (mark.line, mark.byteOffset)
        bytes.removeSubrange(mark.bytesCount...)
        (opened, hasStrayMark, isTooLong) = (nil, true, false)
        add(UInt8(ascii: "\""))
        return true
    }

    /// Of a line by itself.
    private func cellCount(_ line: ArraySlice<UInt8>) -> Int {
        var count = 1
        var isQuoted = false
        var last = separator
        for byte in line {
            if byte == UInt8(ascii: "\""), isQuoted || last == separator { isQuoted.toggle() }
            if byte == separator, !isQuoted { count += 1 }
            last = byte
        }
        return count
    }

    private mutating func add(_ byte: UInt8) {
        if bytes.count < maximumBytes { bytes.append(byte) } else { isTooLong = true }
    }

    private mutating func endCell() {
        if cells.count < SourceLimits.maximumFields {
            cells.append(start..<bytes.count)
        } else {
            isTooLong = true
        }
        start = bytes.count
    }

    private mutating func finishRow() -> String? {
        endCell()
        return isTooLong
            ? "the row has more than \(maximumBytes) bytes or \(SourceLimits.maximumFields) cells" : nil
    }

    private mutating func take() throws(InterchangeError) -> UInt8? {
        guard let byte = try current() else { return nil }
        if pushedIndex < pushed.count {
            pushedIndex += 1
        } else {
            (pushed, pushedIndex) = ([], 0)
            index += 1
        }
        byteOffset += 1
        if byte == 0x0A { line += 1 }
        if opened != nil { behindMark.append(byte) }
        return byte
    }

    private mutating func current() throws(InterchangeError) -> UInt8? {
        if pushedIndex < pushed.count { return pushed[pushedIndex] }
        if index == filled {
            let got = try block.withUnsafeMutableBufferPointer { [source] (bytes) throws(InterchangeError) in
                try source.read(into: bytes)
            }
            if got == 0 { return nil }
            index = 0
            filled = got
        }
        return block[index]
    }
}
