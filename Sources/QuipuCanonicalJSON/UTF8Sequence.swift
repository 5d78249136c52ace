/// Well-formed UTF-8 (RFC 3629, section 4): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Sequence {
    /// Bytes of the multi-byte sequence that starts at `index`; 0 when it is malformed or cut.
    @inline(__always)
    static func length(_ base: UnsafePointer<UInt8>, at index: Int, end: Int) -> Int {
        let lead = base[index]
        let rest = end &- index
        switch lead {
        case 0xC2...0xDF:
            return rest >= 2 && continues(base[index &+ 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard rest >= 3 else { return 0 }
            let second = base[index &+ 1]
            guard continues(second), continues(base[index &+ 2]) else { return 0 }
            if lead == 0xE0, second < 0xA0 { return 0 }
            if lead == 0xED, second > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard rest >= 4 else { return 0 }
            let second = base[index &+ 1]
            guard continues(second), continues(base[index &+ 2]), continues(base[index &+ 3]) else {
                return 0
            }
            if lead == 0xF0, second < 0x90 { return 0 }
            if lead == 0xF4, second > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    @inline(__always)
    private static func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

/// Where the leading well-formed UTF-8 of these bytes ends: their count when all of it is.
public func endOfValidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var index = 0
    while index < bytes.count {
        while index &+ 8 <= bytes.count,
            UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index &+= 8
        }
        while index < bytes.count, base[index] < 0x80 { index &+= 1 }
        while index < bytes.count, base[index] >= 0x80 {
            let length = UTF8Sequence.length(base, at: index, end: bytes.count)
            if length == 0 { return index }
            index &+= length
        }
    }
    return index
}
