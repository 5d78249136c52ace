/// Cuts the elements out of one JSON array, of an array inside each object of a file, or the values out of a sequence of
/// them, by brackets and quotation marks alone: what each holds is for the parser to judge. Only one element is ever held.
struct JSONElementSplitter {
    enum Layout {
        case array
        /// Values after one another, perhaps over many lines each.
        case sequence
        /// The array at the end of this path of names, in one object or in several after one another.
        case items([String])
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
    /// Objects around the array that is open.
    private var depthOfArray = 0
    private var hasFoundArray = false
    private var element: [UInt8] = []

    init(_ source: ByteSource, layout: Layout, byteOffset: Int, maximumBytes: Int) {
        self.source = source
        self.layout = layout
        self.byteOffset = byteOffset
        self.maximumBytes = maximumBytes
        if case .sequence = layout { hasOpened = true } else { hasOpened = false }
    }

    private var isSequence: Bool {
        if case .sequence = layout { true } else { false }
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while !isFinished {
            if case .items(let path) = layout, !hasOpened, let broken = try open(path) { return broken }
            if isFinished { return nil }
            guard let byte = try current() else {
                isFinished = true
                return isSequence
                    ? nil : .broken("the array is not closed", line: line, byteOffset: byteOffset)
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: advance(byte)
            case UInt8(ascii: "[") where !hasOpened:
                hasOpened = true
                advance(byte)
            case UInt8(ascii: "]") where !isSequence:
                advance(byte)
                if case .items = layout {
                    if let broken = try closeObjects() { return broken }
                } else {
                    return try finish()
                }
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
                wantsComma = !isSequence
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

    /// Goes on to behind the `[` of the next array at the path. Finished where the file ends between objects.
    ///
    /// - Returns: what is in the way.
    private mutating func open(_ path: [String]) throws(InterchangeError) -> Piece? {
        var found = 0
        var depth = 0
        while let byte = try current() {
            switch byte {
            case UInt8(ascii: "{"):
                advance(byte)
                depth += 1
            case UInt8(ascii: "}") where depth > 0:
                advance(byte)
                depth -= 1
                found = min(found, max(0, depth - 1))
            case UInt8(ascii: "\"") where depth > 0:
                let name = try takeString()
                try skipSpace()
                guard let colon = try current(), colon == UInt8(ascii: ":") else { continue }
                advance(colon)
                try skipSpace()
                guard let next = try current() else { continue }
                let isOnPath = depth == found + 1 && name.elementsEqual(path[found].utf8)
                if isOnPath, next == UInt8(ascii: "["), found + 1 == path.count {
                    advance(next)
                    (hasOpened, hasFoundArray, depthOfArray, wantsComma) = (true, true, depth, false)
                    return nil
                }
                if isOnPath, next == UInt8(ascii: "{"), found + 1 < path.count {
                    found += 1
                } else {
                    try skipValue()
                }
            default: advance(byte)
            }
        }
        isFinished = true
        if depth > 0 || !hasFoundArray {
            return .broken(
                "the object is not closed, or lacks `\(path.joined(separator: "."))`", line: line,
                byteOffset: byteOffset)
        }
        return nil
    }

    /// Goes on to behind the objects around the array.
    private mutating func closeObjects() throws(InterchangeError) -> Piece? {
        hasOpened = false
        while depthOfArray > 0 {
            guard let byte = try current() else {
                isFinished = true
                return .broken("the object is not closed", line: line, byteOffset: byteOffset)
            }
            switch byte {
            case UInt8(ascii: "\""): _ = try takeString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                advance(byte)
                depthOfArray += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                advance(byte)
                depthOfArray -= 1
            default: advance(byte)
            }
        }
        return nil
    }

    private mutating func skipSpace() throws(InterchangeError) {
        while let byte = try current(), byte == 0x20 || (0x09...0x0D).contains(byte) { advance(byte) }
    }

    /// Passes over one value.
    private mutating func skipValue() throws(InterchangeError) {
        var depth = 0
        while let byte = try current() {
            switch byte {
            case UInt8(ascii: "\""):
                _ = try takeString()
                if depth == 0 { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                advance(byte)
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                advance(byte)
                depth -= 1
                if depth == 0 { return }
            case UInt8(ascii: ",") where depth == 0: return
            default: advance(byte)
            }
        }
    }

    /// The bytes between the quotation marks, as far as a name can be long; goes on behind them.
    private mutating func takeString() throws(InterchangeError) -> [UInt8] {
        var out: [UInt8] = []
        var isEscaped = false
        advance(UInt8(ascii: "\""))
        while let byte = try current() {
            advance(byte)
            if !isEscaped, byte == UInt8(ascii: "\"") { break }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            if out.count <= SourceLimits.maximumFieldNameBytes { out.append(byte) }
        }
        return out
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
