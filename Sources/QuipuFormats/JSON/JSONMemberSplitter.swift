/// Cuts one JSON object into the members of its outermost level, and those that are the arrays named into their elements,
/// by brackets and quotation marks alone. Only one value is ever held.
struct JSONMemberSplitter {
    enum Piece {
        /// A member's value.
        case member(name: String, ArraySlice<UInt8>)
        case element(name: String, ArraySlice<UInt8>, line: Int, byteOffset: Int)
        case tooLong(line: Int, byteOffset: Int)
        /// What stands where nothing of the kind can be, or the end where more is due; nothing follows.
        case broken(String, line: Int, byteOffset: Int)
    }

    private enum State { case start, members, elements(String), finished }

    private let source: ByteSource
    private let arrays: Set<String>
    private let maximumBytes: Int
    private var block = [UInt8](repeating: 0, count: LineReader.blockBytes)
    private var index = 0
    private var filled = 0
    private var line = 1
    private var byteOffset: Int
    private var state = State.start
    private var value: [UInt8] = []

    init(_ source: ByteSource, arrays: Set<String>, byteOffset: Int, maximumBytes: Int = SourceLimits.maximumLineBytes) {
        self.source = source
        self.arrays = arrays
        self.byteOffset = byteOffset
        self.maximumBytes = maximumBytes
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while true {
            if case .finished = state { return nil }
            try skipSpaceAndCommas()
            guard let byte = try current() else { return broken("the object is not closed") }
            switch state {
            case .finished: return nil
            case .start:
                guard byte == UInt8(ascii: "{") else { return broken("an object is due here") }
                advance(byte)
                state = .members
            case .members:
                if byte == UInt8(ascii: "}") {
                    state = .finished
                    return nil
                }
                guard byte == UInt8(ascii: "\"") else { return broken("a name is due here") }
                let (line, offset) = (line, byteOffset)
                guard let name = try takeName() else { return broken("a name is not closed") }
                try skipSpaceAndCommas()
                guard try current() == UInt8(ascii: ":") else { return broken("a colon is missing") }
                advance(UInt8(ascii: ":"))
                try skipSpaceAndCommas()
                if arrays.contains(name), try current() == UInt8(ascii: "[") {
                    advance(UInt8(ascii: "["))
                    state = .elements(name)
                    continue
                }
                guard try takeValue() else { return .tooLong(line: line, byteOffset: offset) }
                return .member(name: name, value[...])
            case .elements(let name):
                if byte == UInt8(ascii: "]") {
                    advance(byte)
                    state = .members
                    continue
                }
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: ":") { return broken("a value is missing") }
                let (line, offset) = (line, byteOffset)
                guard try takeValue() else { return .tooLong(line: line, byteOffset: offset) }
                return .element(name: name, value[...], line: line, byteOffset: offset)
            }
        }
    }

    private mutating func broken(_ reason: String) -> Piece {
        state = .finished
        return .broken(reason, line: line, byteOffset: byteOffset)
    }

    private mutating func takeName() throws(InterchangeError) -> String? {
        guard try takeValue() else { return "" }
        guard value.count >= 2, value.last == UInt8(ascii: "\"") else { return nil }
        return String(decoding: value[1..<(value.count - 1)], as: UTF8.self)
    }

    /// Gathers one value into `value`.
    /// - Returns: whether it is within the bound.
    private mutating func takeValue() throws(InterchangeError) -> Bool {
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
            } else if depth == 0, length > 0, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte <= 0x20 {
                break
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
            length += 1
            if length <= maximumBytes { value.append(byte) } else if !value.isEmpty { value = [] }
            advance(byte)
            if depth == 0, !isInString, "}]\"".utf8.contains(byte) { break }
        }
        return length <= maximumBytes
    }

    private mutating func skipSpaceAndCommas() throws(InterchangeError) {
        while let byte = try current(), byte <= 0x20 || byte == UInt8(ascii: ",") { advance(byte) }
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
