/// The canonical JSON text of a string, quotation marks included.
public func canonicalString(_ string: String) -> [UInt8] {
    var out: [UInt8] = []
    appendCanonicalString(string, to: &out)
    return out
}

/// Appends the canonical JSON text of a string. Escapes are the fewest (RFC 8785, section 3.2.2.2): quotation
/// mark, backslash and what is below U+0020.
public func appendCanonicalString(_ string: String, to out: inout [UInt8]) {
    var string = string
    string.withUTF8 { bytes in
        out.reserveCapacity(out.count + bytes.count + 2)
        out.append(UInt8(ascii: "\""))
        if let base = bytes.baseAddress {
            var index = 0
            while true {
                let stop = StringContent.endOfUnescaped(base, from: index, to: bytes.count)
                out.append(contentsOf: UnsafeBufferPointer(start: base + index, count: stop - index))
                guard stop < bytes.count else { break }
                appendEscape(base[stop], to: &out)
                index = stop + 1
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}

private func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    if let letter = CanonicalEscape.letter(of: byte) {
        out.append(letter)
    } else {
        let low = byte & 0xf
        out.append(contentsOf: "u00".utf8)
        out.append(UInt8(ascii: "0") + byte >> 4)
        out.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
}

/// The string that these canonical bytes (quotation marks included) stand for; nil when they are no canonical
/// JSON string.
public func decodeString(_ canonical: UnsafeRawBufferPointer) -> String? {
    let bytes = canonical.assumingMemoryBound(to: UInt8.self)
    guard let base = bytes.baseAddress else { return nil }
    var scanner = CanonicalScanner(base: base, end: bytes.count)
    guard let isEscaped = scanner.scanString(), scanner.index == bytes.count else { return nil }
    let content = UnsafeBufferPointer(rebasing: bytes[1..<(bytes.count - 1)])
    return isEscaped ? CanonicalEscape.decode(content) : StringContent.string(ofValid: content)
}

public func decodeString(_ canonical: [UInt8]) -> String? {
    canonical.withUnsafeBytes { decodeString($0) }
}

public func decodeString(_ canonical: ArraySlice<UInt8>) -> String? {
    canonical.withUnsafeBytes { decodeString($0) }
}

/// The escapes of RFC 8785. Each stands for one byte, so that escaped text can be compared byte by byte.
enum CanonicalEscape {
    @inline(__always)
    static func letter(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0C: UInt8(ascii: "f")
        case 0x0D: UInt8(ascii: "r")
        default: nil
        }
    }

    /// The byte that the escape at `index` stands for and the bytes it takes; nil when it is not canonical.
    @inline(__always)
    static func byte(_ base: UnsafePointer<UInt8>, at index: Int, end: Int) -> (byte: UInt8, length: Int)? {
        guard index &+ 1 < end else { return nil }
        switch base[index &+ 1] {
        case UInt8(ascii: "\""): return (UInt8(ascii: "\""), 2)
        case UInt8(ascii: "\\"): return (UInt8(ascii: "\\"), 2)
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "u"):
            guard index &+ 5 < end, base[index &+ 2] == UInt8(ascii: "0"),
                base[index &+ 3] == UInt8(ascii: "0")
            else { return nil }
            let high = base[index &+ 4] &- UInt8(ascii: "0")
            var low = base[index &+ 5]
            switch low {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): low -= UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): low -= UInt8(ascii: "a") - 10
            default: return nil
            }
            guard high < 2, letter(of: high << 4 | low) == nil else { return nil }
            return (high << 4 | low, 6)
        default: return nil
        }
    }

    /// `content` is what stands between the quotation marks, checked before.
    static func decode(_ content: UnsafeBufferPointer<UInt8>) -> String? {
        guard let base = content.baseAddress else { return "" }
        var out: [UInt8] = []
        out.reserveCapacity(content.count)
        var index = 0
        while true {
            let stop = StringContent.endOfUnescaped(base, from: index, to: content.count)
            out.append(contentsOf: UnsafeBufferPointer(start: base + index, count: stop - index))
            guard stop < content.count else { break }
            guard let escape = byte(base, at: stop, end: content.count) else { return nil }
            out.append(escape.byte)
            index = stop + escape.length
        }
        return String(decoding: out, as: UTF8.self)
    }
}
