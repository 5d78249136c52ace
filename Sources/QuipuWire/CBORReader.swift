public import QuipuCausality

/// Reads RFC 8949 CBOR in its deterministic form from bytes that are all there. Anything else, and anything
/// beyond a bound, is an error; nothing is read past the end and nothing is allocated ahead of its bytes.
public struct CBORReader: Sendable {
    let bytes: ArraySlice<UInt8>
    private(set) var next: Int

    /// Passes over bytes that are known to be there.
    mutating func advance(by count: Int) { next += count }

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    public var isAtEnd: Bool { next == bytes.endIndex }

    /// The first byte of the next item tells its type.
    enum Major: UInt8 {
        case unsigned = 0
        case negative = 1
        case byteString = 2
        case text = 3
        case array = 4
        case map = 5
        case tag = 6
        case simple = 7
    }

    var peekedMajor: Major? { next < bytes.endIndex ? Major(rawValue: bytes[next] >> 5) : nil }

    /// - Throws: `cut` where the head is not all there.
    mutating func head() throws(WireError) -> (major: Major, argument: UInt64) {
        guard next < bytes.endIndex, let major = Major(rawValue: bytes[next] >> 5) else {
            throw WireError(.cut, "a CBOR item is cut short")
        }
        let information = bytes[next] & 31
        guard information < 28 else {
            throw WireError(.malformed, "CBOR of indefinite length, which the exchange does not use")
        }
        guard information >= 24 else {
            next += 1
            return (major, UInt64(information))
        }
        let size = 1 << Int(information - 24)
        guard bytes.endIndex - next > size else { throw WireError(.cut, "a CBOR item is cut short") }
        var argument: UInt64 = 0
        for index in next + 1...next + size { argument = argument << 8 | UInt64(bytes[index]) }
        // The deterministic form has one encoding for each number; two would make two hashes. A float's bits are
        // no number of that sort, and a simple value in a byte of its own begins at 32.
        let shortest: UInt64 = information == 24 ? 24 : 1 << (4 * UInt64(size))
        let least = major != .simple ? shortest : information == 24 ? 32 : 0
        guard argument >= least else {
            throw WireError(.malformed, "a CBOR number is longer than it needs to be")
        }
        next += 1 + size
        return (major, argument)
    }

    private mutating func expect(_ wanted: Major, _ what: String) throws(WireError) -> UInt64 {
        let (major, argument) = try head()
        guard major == wanted else { throw WireError(.unexpected, "\(what) was expected") }
        return argument
    }

    public mutating func unsigned() throws(WireError) -> UInt64 { try expect(.unsigned, "a number") }

    public mutating func integer() throws(WireError) -> Int64 {
        let (major, argument) = try head()
        guard argument <= UInt64(Int64.max) else { throw WireError(.tooLarge, "a number is out of range") }
        switch major {
        case .unsigned: return Int64(argument)
        case .negative: return ~Int64(argument)
        default: throw WireError(.unexpected, "a number was expected")
        }
    }

    public mutating func boolean() throws(WireError) -> Bool {
        let (major, argument) = try head()
        guard major == .simple, argument == 20 || argument == 21 else {
            throw WireError(.unexpected, "true or false was expected")
        }
        return argument == 21
    }

    public mutating func byteString(maximumBytes: Int) throws(WireError) -> ArraySlice<UInt8> {
        try take(try expect(.byteString, "a byte string"), maximumBytes: maximumBytes)
    }

    /// UTF-8 as it stands; whether it is well-formed is for `text` or the value's own check to say.
    public mutating func textBytes(maximumBytes: Int) throws(WireError) -> ArraySlice<UInt8> {
        try take(try expect(.text, "text"), maximumBytes: maximumBytes)
    }

    public mutating func text(maximumBytes: Int) throws(WireError) -> String {
        try text(maximumBytes: maximumBytes, likely: nil)
    }

    /// Text that is likely to be the same as another, which then is used again: names repeat from record to record.
    mutating func text(maximumBytes: Int, likely: String?) throws(WireError) -> String {
        let utf8 = try textBytes(maximumBytes: maximumBytes)
        if let likely, utf8.elementsEqual(utf8Of: likely) { return likely }
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw WireError(.malformed, "text is not UTF-8")
        }
        return text
    }

    public mutating func arrayCount(maximum: Int) throws(WireError) -> Int {
        try count(try expect(.array, "an array"), maximum: maximum)
    }

    public mutating func mapCount(maximum: Int) throws(WireError) -> Int {
        try count(try expect(.map, "a map"), maximum: maximum)
    }

    public mutating func identifier<Identifier: Identifier16>() throws(WireError) -> Identifier {
        guard let value = Identifier(bytes: try byteString(maximumBytes: 16)) else {
            throw WireError(.unexpected, "an identifier of 16 bytes was expected")
        }
        return value
    }

    public mutating func hash<Hash: Hash32>() throws(WireError) -> Hash {
        guard let value = Hash(bytes: try byteString(maximumBytes: 32)) else {
            throw WireError(.unexpected, "a hash of 32 bytes was expected")
        }
        return value
    }

    /// Passes over one whole item.
    /// - Returns: its bytes.
    @discardableResult
    public mutating func skip(depth: Int = Limits.depth) throws(WireError) -> ArraySlice<UInt8> {
        let start = next
        guard depth > 0 else { throw WireError(.tooLarge, "CBOR is nested too deeply") }
        let (major, argument) = try head()
        switch major {
        case .unsigned, .negative, .simple: break
        case .byteString, .text: _ = try take(argument, maximumBytes: .max)
        case .tag: try skip(depth: depth - 1)
        case .array, .map:
            // Each item has at least a byte, so a count beyond what is left is cut, whatever it claims.
            let items = argument.multipliedReportingOverflow(by: major == .map ? 2 : 1)
            guard !items.overflow else { throw WireError(.tooLarge, "a CBOR count is out of range") }
            var left = items.partialValue
            var key: ArraySlice<UInt8> = []
            while left > 0 {
                let item = try skip(depth: depth - 1)
                if major == .map, left.isMultiple(of: 2) {
                    // Keys ascend by their bytes (RFC 8949, 4.2.1), so none stands twice.
                    guard key.lexicographicallyPrecedes(item) else { throw Self.disorder }
                    key = item
                }
                left -= 1
            }
        }
        return bytes[start..<next]
    }

    static let disorder = WireError(.malformed, "a map's keys are out of order, or one occurs twice")

    private mutating func take(_ count: UInt64, maximumBytes: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count <= UInt64(maximumBytes) else { throw WireError(.tooLarge, "a string is too long") }
        guard count <= UInt64(bytes.endIndex - next) else {
            throw WireError(.cut, "a CBOR item is cut short")
        }
        defer { next += Int(count) }
        return bytes[next..<next + Int(count)]
    }

    private func count(_ count: UInt64, maximum: Int) throws(WireError) -> Int {
        guard count <= UInt64(maximum) else { throw WireError(.tooLarge, "a list is too long") }
        return Int(count)
    }
}

extension ArraySlice<UInt8> {
    fileprivate func elementsEqual(utf8Of text: String) -> Bool {
        let answer = text.utf8.withContiguousStorageIfAvailable { text in
            withUnsafeBufferPointer { own in
                guard own.count == text.count else { return false }
                for index in 0..<own.count where own[index] != text[index] { return false }
                return true
            }
        }
        return answer ?? elementsEqual(text.utf8)
    }
}
