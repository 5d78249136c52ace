/// Reads RFC 8949 CBOR in its deterministic form from a complete buffer. Any other encoding, and anything beyond a
/// limit, is an error; nothing is read past the end, and nothing is allocated before its bytes are there.
public struct CBORReader: Sendable {
    /// Items nested deeper than this are refused.
    public static let maximumDepth = 64

    let bytes: ArraySlice<UInt8>
    private(set) var next: Int

    /// Skips bytes that are known to be there.
    mutating func advance(by count: Int) { next += count }

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    public var isAtEnd: Bool { next == bytes.endIndex }

    /// The type of an item, in its first byte.
    package enum Major: UInt8 {
        case unsigned = 0
        case negative = 1
        case byteString = 2
        case text = 3
        case array = 4
        case map = 5
        case tag = 6
        case simple = 7
    }

    package var peekedMajor: Major? { next < bytes.endIndex ? Major(rawValue: bytes[next] >> 5) : nil }

    /// - Throws: `cut` if the head is incomplete.
    mutating func head() throws(CBORError) -> (major: Major, argument: UInt64) {
        guard next < bytes.endIndex, let major = Major(rawValue: bytes[next] >> 5) else {
            throw CBORError(.cut, "a CBOR item is cut short")
        }
        let information = bytes[next] & 31
        guard information < 28 else {
            throw CBORError(.malformed, "CBOR of indefinite length, which the exchange does not use")
        }
        guard information >= 24 else {
            next += 1
            return (major, UInt64(information))
        }
        let size = 1 << Int(information - 24)
        guard bytes.endIndex - next > size else { throw CBORError(.cut, "a CBOR item is cut short") }
        var argument: UInt64 = 0
        for index in next + 1...next + size { argument = argument << 8 | UInt64(bytes[index]) }
        // The deterministic form has one encoding for each number; two would yield two hashes. The bits of a float
        // are not such a number, and a simple value in its own byte begins at 32.
        let shortest: UInt64 = information == 24 ? 24 : 1 << (4 * UInt64(size))
        let least = major != .simple ? shortest : information == 24 ? 32 : 0
        guard argument >= least else {
            throw CBORError(.malformed, "a CBOR number is longer than it needs to be")
        }
        next += 1 + size
        return (major, argument)
    }

    private mutating func expect(_ wanted: Major, _ what: String) throws(CBORError) -> UInt64 {
        let (major, argument) = try head()
        guard major == wanted else { throw CBORError(.unexpected, "\(what) was expected") }
        return argument
    }

    public mutating func unsigned() throws(CBORError) -> UInt64 { try expect(.unsigned, "a number") }

    public mutating func integer() throws(CBORError) -> Int64 {
        let (major, argument) = try head()
        guard argument <= UInt64(Int64.max) else { throw CBORError(.tooLarge, "a number is out of range") }
        switch major {
        case .unsigned: return Int64(argument)
        case .negative: return ~Int64(argument)
        default: throw CBORError(.unexpected, "a number was expected")
        }
    }

    public mutating func boolean() throws(CBORError) -> Bool {
        let (major, argument) = try head()
        guard major == .simple, argument == 20 || argument == 21 else {
            throw CBORError(.unexpected, "true or false was expected")
        }
        return argument == 21
    }

    public mutating func byteString(maximumBytes: Int) throws(CBORError) -> ArraySlice<UInt8> {
        try take(try expect(.byteString, "a byte string"), maximumBytes: maximumBytes)
    }

    /// UTF-8 without validation, which is left to `text` or to the value's own check.
    public mutating func textBytes(maximumBytes: Int) throws(CBORError) -> ArraySlice<UInt8> {
        try take(try expect(.text, "text"), maximumBytes: maximumBytes)
    }

    public mutating func text(maximumBytes: Int) throws(CBORError) -> String {
        try text(maximumBytes: maximumBytes, likely: nil)
    }

    /// Text that is likely to equal another string, which is then reused: names repeat from record to record.
    package mutating func text(maximumBytes: Int, likely: String?) throws(CBORError) -> String {
        let utf8 = try textBytes(maximumBytes: maximumBytes)
        if let likely, utf8.elementsEqual(utf8Of: likely) { return likely }
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw CBORError(.malformed, "text is not UTF-8")
        }
        return text
    }

    public mutating func arrayCount(maximum: Int) throws(CBORError) -> Int {
        try count(try expect(.array, "an array"), maximum: maximum)
    }

    public mutating func mapCount(maximum: Int) throws(CBORError) -> Int {
        try count(try expect(.map, "a map"), maximum: maximum)
    }

    /// Skips one item.
    /// - Returns: its bytes.
    @discardableResult
    public mutating func skip(depth: Int = Self.maximumDepth) throws(CBORError) -> ArraySlice<UInt8> {
        let start = next
        guard depth > 0 else { throw CBORError(.tooLarge, "CBOR is nested too deeply") }
        let (major, argument) = try head()
        switch major {
        case .unsigned, .negative, .simple: break
        case .byteString, .text: _ = try take(argument, maximumBytes: .max)
        case .tag: try skip(depth: depth - 1)
        case .array, .map:
            // Each item has at least one byte, so a count beyond the rest of the buffer fails as cut, whatever it
            // claims.
            let items = argument.multipliedReportingOverflow(by: major == .map ? 2 : 1)
            guard !items.overflow else { throw CBORError(.tooLarge, "a CBOR count is out of range") }
            var left = items.partialValue
            var key: ArraySlice<UInt8> = []
            while left > 0 {
                let item = try skip(depth: depth - 1)
                if major == .map, left.isMultiple(of: 2) {
                    // Keys ascend by their bytes (RFC 8949, 4.2.1), so none occurs twice.
                    guard key.lexicographicallyPrecedes(item) else { throw Self.disorder }
                    key = item
                }
                left -= 1
            }
        }
        return bytes[start..<next]
    }

    package static let disorder = CBORError(.malformed, "a map's keys are out of order, or one occurs twice")

    private mutating func take(_ count: UInt64, maximumBytes: Int) throws(CBORError) -> ArraySlice<UInt8> {
        guard count <= UInt64(maximumBytes) else { throw CBORError(.tooLarge, "a string is too long") }
        guard count <= UInt64(bytes.endIndex - next) else {
            throw CBORError(.cut, "a CBOR item is cut short")
        }
        defer { next += Int(count) }
        return bytes[next..<next + Int(count)]
    }

    private func count(_ count: UInt64, maximum: Int) throws(CBORError) -> Int {
        guard count <= UInt64(maximum) else { throw CBORError(.tooLarge, "a list is too long") }
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
