/// One pass over bytes that asks: are these exactly the RFC 8785 form of a JSON value? Nothing is built;
/// memory is touched only for numbers that are not short integers.
struct CanonicalScanner {
    let base: UnsafePointer<UInt8>
    let end: Int
    var index = 0

    init(base: UnsafePointer<UInt8>, end: Int) {
        self.base = base
        self.end = end
    }

    mutating func scanValue(depth: Int) -> Bool {
        guard index < end else { return false }
        switch base[index] {
        case UInt8(ascii: "\""): return scanString() != nil
        case UInt8(ascii: "{"): return depth < JSONParser.maximumDepth && scanObject(depth: depth + 1)
        case UInt8(ascii: "["): return depth < JSONParser.maximumDepth && scanArray(depth: depth + 1)
        case UInt8(ascii: "t"): return scanWord("true")
        case UInt8(ascii: "f"): return scanWord("false")
        case UInt8(ascii: "n"): return scanWord("null")
        default: return scanNumber()
        }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, base[index] == byte else { return false }
        index &+= 1
        return true
    }

    @inline(__always)
    private mutating func scanWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end &- index >= count else { return false }
        for offset in 0..<count where base[index &+ offset] != word.utf8Start[offset] { return false }
        index &+= count
        return true
    }

    /// Passes over a string; nil when it is not canonical, else whether it holds escapes.
    @inline(__always)
    mutating func scanString() -> Bool? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var isEscaped = false
        while true {
            index = StringContent.endOfPlainText(base, from: index, to: end)
            guard index < end else { return nil }
            if base[index] == UInt8(ascii: "\"") {
                index &+= 1
                return isEscaped
            }
            guard base[index] == UInt8(ascii: "\\"),
                let escape = CanonicalEscape.byte(base, at: index, end: end)
            else { return nil }
            index &+= escape.length
            isEscaped = true
        }
    }

    private mutating func scanArray(depth: Int) -> Bool {
        index &+= 1
        if take(UInt8(ascii: "]")) { return true }
        repeat {
            guard scanValue(depth: depth) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    private mutating func scanObject(depth: Int) -> Bool {
        index &+= 1
        if take(UInt8(ascii: "}")) { return true }
        var previous: Range<Int>?
        repeat {
            let start = index &+ 1
            guard scanString() != nil else { return false }
            let name = start..<(index &- 1)
            if let previous, !precedes(previous, name) { return false }
            previous = name
            guard take(UInt8(ascii: ":")), scanValue(depth: depth) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Compares two names, escapes decoded on the way, in the order of UTF-16 code units.
    private func precedes(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        var left = one.lowerBound
        var right = other.lowerBound
        while left < one.upperBound, right < other.upperBound {
            let first = decodedByte(&left, one.upperBound)
            let second = decodedByte(&right, other.upperBound)
            if first != second { return utf16Rank(first) < utf16Rank(second) }
        }
        return left == one.upperBound && right < other.upperBound
    }

    @inline(__always)
    private func decodedByte(_ position: inout Int, _ limit: Int) -> UInt8 {
        let byte = base[position]
        if byte == UInt8(ascii: "\\"), let escape = CanonicalEscape.byte(base, at: position, end: limit) {
            position &+= escape.length
            return escape.byte
        }
        position &+= 1
        return byte
    }

    private mutating func scanNumber() -> Bool {
        let start = index
        if base[index] == UInt8(ascii: "-") { index &+= 1 }
        let firstDigit = index
        while index < end, isDigit(base[index]) { index &+= 1 }
        let digits = index &- firstDigit
        guard digits > 0 else { return false }
        if base[firstDigit] == UInt8(ascii: "0"), digits > 1 { return false }
        let isInteger = index == end || !continuesNumber(base[index])
        if isInteger, digits <= 15 {
            return base[firstDigit] != UInt8(ascii: "0") || start == firstDigit
        }
        while index < end, isDigit(base[index]) || continuesNumber(base[index]) { index &+= 1 }
        guard index &- start <= NumberText.maximumBytes else { return false }
        let text = UnsafeBufferPointer(start: base + start, count: index &- start)
        guard let value = NumberSyntax.value(text) else { return false }
        var canonical: [UInt8] = []
        NumberText.append(value, to: &canonical)
        return canonical.elementsEqual(text)
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    private func continuesNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Whether these bytes are exactly the RFC 8785 form of an I-JSON value nested at most
/// ``JSONParser/maximumDepth`` deep, UTF-8 included. Noncharacters such as U+FFFE pass: Unicode's
/// Corrigendum 9 allows them in interchange, and text that someone holds is not ours to refuse.
public func isCanonicalJSON(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    var scanner = CanonicalScanner(base: base, end: bytes.count)
    return scanner.scanValue(depth: 0) && scanner.index == bytes.count
}

public func isCanonicalJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isCanonicalJSON(bytes.assumingMemoryBound(to: UInt8.self))
}

public func isCanonicalJSON(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { isCanonicalJSON($0) }
}
