/// Cuts the elements out of one JSON array, or the values out of a sequence of them, by brackets and
/// quotation marks alone: what each holds is for the parser to judge. Only one element is ever held.
struct JSONElementSplitter {
    enum Layout {
        case array
        /// Values after one another, perhaps over many lines each.
        case sequence
    }

    enum Piece {
        case element(ArraySlice<UInt8>, line: Int, byteOffset: Int)
        case tooLong(line: Int, byteOffset: Int)
        /// What stands where no element can be, or the end where one is due; nothing follows.
        case broken(String, line: Int, byteOffset: Int)
    }

    private let source: ByteSource
    private let layout: Layout
    private let maximumBytes: Int
    private var block = [UInt8](repeating: 0, count: LineReader.blockBytes)
    private var index = 0
    private var filled = 0
    private var line = 1
    private var byteOffset: Int
    private var hasOpened: Bool
    private var isFinished = false
    private var wantsComma = false
    private var element: [UInt8] = []

    init(_ source: ByteSource, layout: Layout, byteOffset: Int, maximumBytes: Int) {
        self.source = source
        self.layout = layout
        self.byteOffset = byteOffset
        self.maximumBytes = maximumBytes
        hasOpened = layout == .sequence
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while !isFinished {
            guard let byte = try current() else {
                isFinished = true
                return layout == .sequence
                    ? nil : .broken("the array is not closed", line: line, byteOffset: byteOffset)
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: advance(byte)
            case UInt8(ascii: "[") where !hasOpened:
                hasOpened = true
                advance(byte)
            case UInt8(ascii: "]") where layout == .array:
                advance(byte)
                return try finish()
            case UInt8(ascii: ",") where wantsComma:
                wantsComma = false
                advance(byte)
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
                isFinished = true
                return .broken("a value is missing", line: line, byteOffset: byteOffset)
            default:
                guard !wantsComma else {
                    isFinished = true
                    return .broken("a comma is missing", line: line, byteOffset: byteOffset)
                }
                wantsComma = layout == .array
                return try scanElement()
            }
        }
        return nil
    }

    private mutating func finish() throws(InterchangeError) -> Piece? {
        isFinished = true
        while let byte = try current() {
            guard byte == 0x20 || (0x09...0x0D).contains(byte) else {
                return .broken("something follows the array", line: line, byteOffset: byteOffset)
            }
            advance(byte)
        }
        return nil
    }

    private mutating func scanElement() throws(InterchangeError) -> Piece {
        let startLine = line
        let startOffset = byteOffset
        element.removeAll(keepingCapacity: element.capacity <= LineReader.blockBytes)
        var length = 0
        var depth = 0
        var isInString = false
        var isEscaped = false
        scan: while let byte = try current() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { break scan }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0, 0x0A where depth == 0: break scan
                default: break
                }
            }
            length += 1
            if length <= maximumBytes { element.append(byte) } else if !element.isEmpty { element = [] }
            advance(byte)
            if depth == 0, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"), !isInString { break }
        }
        if length > maximumBytes { return .tooLong(line: startLine, byteOffset: startOffset) }
        return .element(element[...], line: startLine, byteOffset: startOffset)
    }

    @inline(__always)
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

    @inline(__always)
    private mutating func advance(_ byte: UInt8) {
        index += 1
        byteOffset += 1
        if byte == 0x0A { line += 1 }
    }
}
