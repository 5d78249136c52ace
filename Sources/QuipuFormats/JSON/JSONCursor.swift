/// A place in a source of JSON, which goes on by brackets and quotation marks alone: what the values hold is for the parser to
/// judge. One value is held at most.
struct JSONCursor {
    let source: ByteSource
    private var block = [UInt8](repeating: 0, count: LineReader.blockBytes)
    private var index = 0
    private var filled = 0
    private(set) var line = 1
    private(set) var byteOffset: Int
    /// What `takeValue` has taken; empty where that was too long.
    private(set) var value: [UInt8] = []

    init(_ source: ByteSource, byteOffset: Int) {
        self.source = source
        self.byteOffset = byteOffset
    }

    var place: SourcePlace { SourcePlace(file: source.name, line: line, byteOffset: byteOffset) }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Nil at the end.
    @inline(__always)
    mutating func current() throws(InterchangeError) -> UInt8? {
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

    /// Passes over the current byte, which is this one.
    @inline(__always)
    mutating func advance(_ byte: UInt8) {
        index += 1
        byteOffset += 1
        if byte == 0x0A { line += 1 }
    }

    mutating func skipSpace() throws(InterchangeError) {
        while let byte = try current(), Self.isSpace(byte) { advance(byte) }
    }

    /// The bytes between the quotation marks, as far as a name can be long; goes on behind them.
    ///
    /// - Returns: nil where the end comes before the second mark.
    mutating func takeString() throws(InterchangeError) -> [UInt8]? {
        var out: [UInt8] = []
        var isEscaped = false
        advance(UInt8(ascii: "\""))
        while let byte = try current() {
            advance(byte)
            if !isEscaped, byte == UInt8(ascii: "\"") { return out }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            if out.count <= SourceLimits.maximumFieldNameBytes { out.append(byte) }
        }
        return nil
    }

    /// Passes over one value.
    mutating func skipValue() throws(InterchangeError) {
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

    /// Goes on to behind so many objects and arrays that are open here.
    ///
    /// - Returns: false where the end comes before.
    mutating func leave(_ depth: Int) throws(InterchangeError) -> Bool {
        var depth = depth
        while depth > 0 {
            guard let byte = try current() else { return false }
            switch byte {
            case UInt8(ascii: "\""): _ = try takeString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                advance(byte)
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                advance(byte)
                depth -= 1
            default: advance(byte)
            }
        }
        return true
    }

    /// Gathers one value, or what stands in its place up to the comma, bracket or line end behind it, into `value`.
    ///
    /// - Parameter endsAtSpace: whether words that are no value end at a space, and not with the line.
    /// - Returns: whether it is within the bound.
    mutating func takeValue(
        maximumBytes: Int, endsAtSpace: Bool
    ) throws(InterchangeError) -> Bool {
        value.removeAll(keepingCapacity: value.capacity <= LineReader.blockBytes)
        var length = 0
        var depth = 0
        var isInString = false
        var isEscaped = false
        while let byte = try current() {
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
                    if depth == 0 { return length <= maximumBytes }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0, 0x0A where depth == 0:
                    return length <= maximumBytes
                case 0...0x20 where depth == 0 && endsAtSpace: return length <= maximumBytes
                default: break
                }
            }
            length += 1
            if length <= maximumBytes { value.append(byte) } else if !value.isEmpty { value = [] }
            advance(byte)
            if depth == 0, !isInString, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { break }
            if depth == 0, !isInString, endsAtSpace, byte == UInt8(ascii: "\"") { break }
        }
        return length <= maximumBytes
    }
}

extension JSONCursor {
    /// Why nothing more can be read.
    func broken(_ reason: String) -> SourceEvent {
        .rejected(place, reason: "\(reason), so nothing after this place could be read")
    }

    static func tooLong(_ place: SourcePlace, _ maximumBytes: Int) -> SourceEvent {
        .rejected(place, reason: "the object is longer than \(maximumBytes) bytes")
    }
}
