internal import QuipuCanonicalJSON

/// Percent-encoding (RFC 3986, section 2) on bytes.
enum PercentEncoding {
    /// Decodes what is unreserved, writes the digits of the rest in upper case, and encodes every byte that
    /// `allowing` does not admit.
    @inline(__always)
    static func normalise(_ bytes: ArraySlice<UInt8>, allowing: (UInt8) -> Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), let decoded = octet(bytes, at: index) {
                if isUnreserved(decoded) { out.append(decoded) } else { append(decoded, to: &out) }
                index += 3
                continue
            }
            if byte != UInt8(ascii: "%"), allowing(byte) { out.append(byte) } else { append(byte, to: &out) }
            index += 1
        }
        return out
    }

    /// Decodes everything; nil when an escape is broken or the result is not UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        var out: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%") {
                guard let decoded = octet(bytes, at: index) else { return nil }
                out.append(decoded)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        guard out.withUnsafeBufferPointer({ endOfValidUTF8($0) }) == out.count else { return nil }
        return String(decoding: out, as: UTF8.self)
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: ASCII.isAlphanumeric(byte)
        }
    }

    static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"):
            true
        default: isUnreserved(byte)
        }
    }

    static func isQueryByte(_ byte: UInt8) -> Bool { isPathByte(byte) || byte == UInt8(ascii: "?") }

    private static func octet(_ bytes: ArraySlice<UInt8>, at index: Int) -> UInt8? {
        guard index + 2 < bytes.endIndex, let high = ASCII.hexadecimalDigit(bytes[index + 1]),
            let low = ASCII.hexadecimalDigit(bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    private static func append(_ byte: UInt8, to out: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
    }
}
