extension JSONReader {
    /// Reads the string whose quotation mark stands at `index`.
    mutating func readString() throws(JSONError) -> String {
        let start = index &+ 1
        index = StringContent.endOfPlainText(base, from: start, to: end)
        if index < end, base[index] == UInt8(ascii: "\"") {
            defer { index &+= 1 }
            return text(start, index)
        }
        var bytes = Array(UnsafeBufferPointer(start: base + start, count: index &- start))
        while true {
            guard index < end else { throw failure(.unexpectedEnd, "the text ends inside a string") }
            switch base[index] {
            case UInt8(ascii: "\""):
                index &+= 1
                return bytes.withUnsafeBufferPointer { StringContent.string(ofValid: $0) }
            case UInt8(ascii: "\\"): try readEscape(into: &bytes)
            case 0..<0x20: throw failure(.controlCharacter, "a control character must be escaped in a string")
            default: throw failure(.invalidUTF8, "not UTF-8")
            }
            let run = index
            index = StringContent.endOfPlainText(base, from: run, to: end)
            bytes.append(contentsOf: UnsafeBufferPointer(start: base + run, count: index &- run))
        }
    }

    /// Of bytes that were found to be UTF-8; they need not be looked at twice.
    private func text(_ start: Int, _ end: Int) -> String {
        StringContent.string(ofValid: UnsafeBufferPointer(start: base + start, count: end &- start))
    }

    private mutating func readEscape(into bytes: inout [UInt8]) throws(JSONError) {
        guard index &+ 1 < end else {
            throw failure(.unexpectedEnd, "the text ends inside an escape", at: end)
        }
        let byte: UInt8
        switch base[index &+ 1] {
        case UInt8(ascii: "\""): byte = UInt8(ascii: "\"")
        case UInt8(ascii: "\\"): byte = UInt8(ascii: "\\")
        case UInt8(ascii: "/"): byte = UInt8(ascii: "/")
        case UInt8(ascii: "b"): byte = 0x08
        case UInt8(ascii: "f"): byte = 0x0C
        case UInt8(ascii: "n"): byte = 0x0A
        case UInt8(ascii: "r"): byte = 0x0D
        case UInt8(ascii: "t"): byte = 0x09
        case UInt8(ascii: "u"): return try readCodePoint(into: &bytes)
        default: throw failure(.invalidEscape, "no such escape in JSON")
        }
        bytes.append(byte)
        index &+= 2
    }

    /// `\u` and four digits, or two of those for a surrogate pair.
    private mutating func readCodePoint(into bytes: inout [UInt8]) throws(JSONError) {
        let start = index
        var value = try readUnit()
        if value & 0xFC00 == 0xD800, index &+ 1 < end, base[index] == UInt8(ascii: "\\"),
            base[index &+ 1] == UInt8(ascii: "u")
        {
            let low = try readUnit()
            guard low & 0xFC00 == 0xDC00 else {
                throw failure(.loneSurrogate, "half of a surrogate pair is missing", at: start)
            }
            value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw failure(.loneSurrogate, "half of a surrogate pair is missing", at: start)
        }
        bytes.append(contentsOf: UTF8.encode(scalar)!)
    }

    private mutating func readUnit() throws(JSONError) -> UInt32 {
        guard index &+ 6 <= end else {
            throw failure(.unexpectedEnd, "the text ends inside an escape", at: end)
        }
        var value: UInt32 = 0
        for offset in 2..<6 {
            let byte = base[index &+ offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
            default: throw failure(.invalidEscape, "`\\u` wants four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        index &+= 6
        return value
    }
}
