/// Cuts a table with separators into rows, as RFC 4180 has them: cells in quotation marks may hold separators, line breaks and
/// doubled quotation marks. One row is held at a time.
///
/// A quotation mark opens a cell only at its beginning. What follows a closing one up to the separator belongs to the cell, as in
/// tables that were quoted by hand. Rows end with LF, CR LF or CR; blank lines are passed over.
struct CSVRows {
    struct Row {
        /// Of each cell, its bytes in `bytes`.
        let cells: [Range<Int>]
        let bytes: [UInt8]
        let line: Int
        let byteOffset: Int
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
                return .row(Row(cells: cells, bytes: bytes, line: line, byteOffset: offset))
            }
            return .broken(fault, line: line, byteOffset: offset)
        }
        return nil
    }

    /// - Returns: why the row is not taken.
    private mutating func readRow() throws(InterchangeError) -> String? {
        (start, isTooLong) = (0, false)
        var isQuoted = false
        var isAtStart = true
        while let byte = try take() {
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    add(byte)
                } else if try current() == byte {
                    _ = try take()
                    add(byte)
                } else {
                    isQuoted = false
                }
                // A mark that nothing closes must not swallow the rest of a large file unnoticed.
                if isTooLong {
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
            case UInt8(ascii: "\"") where isAtStart: (isQuoted, isAtStart) = (true, false)
            default:
                isAtStart = false
                add(byte)
            }
        }
        isFinished = true
        if isQuoted { return "a quotation mark opens a cell that is never closed" }
        return bytes.isEmpty && cells.isEmpty ? nil : finishRow()
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
        index += 1
        byteOffset += 1
        if byte == 0x0A { line += 1 }
        return byte
    }

    private mutating func current() throws(InterchangeError) -> UInt8? {
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
