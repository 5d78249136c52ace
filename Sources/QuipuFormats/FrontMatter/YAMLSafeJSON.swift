/// Canonical JSON with those code points escaped that JSON allows in strings and YAML does not, or takes for
/// line ends (YAML 1.1, section 5.1 and 5.4): U+007F to U+009F, U+2028, U+2029, U+FEFF, U+FFFE and U+FFFF.
enum YAMLSafeJSON {
    static func append(_ canonical: [UInt8], to out: inout [UInt8]) {
        out.reserveCapacity(out.count + canonical.count)
        canonical.withUnsafeBufferPointer { bytes in
            var copied = 0
            var index = 0
            while index < bytes.count {
                guard let found = escape(bytes, at: index) else {
                    index &+= 1
                    continue
                }
                out.append(contentsOf: bytes[copied..<index])
                out.append(contentsOf: found.text.utf8)
                index += found.length
                copied = index
            }
            out.append(contentsOf: bytes[copied...])
        }
    }

    @inline(__always)
    private static func escape(
        _ bytes: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (text: String, length: Int)? {
        let byte = bytes[index]
        if byte < 0x7F { return nil }
        func follow(_ second: UInt8, _ third: UInt8) -> Bool {
            index + 2 < bytes.count && bytes[index + 1] == second && bytes[index + 2] == third
        }
        switch byte {
        case 0x7F: return ("\\u007f", 1)
        case 0xC2 where index + 1 < bytes.count && bytes[index + 1] < 0xA0:
            return ("\\u00" + String(bytes[index + 1], radix: 16), 2)
        case 0xE2 where follow(0x80, 0xA8): return ("\\u2028", 3)
        case 0xE2 where follow(0x80, 0xA9): return ("\\u2029", 3)
        case 0xEF where follow(0xBB, 0xBF): return ("\\ufeff", 3)
        case 0xEF where follow(0xBF, 0xBE): return ("\\ufffe", 3)
        case 0xEF where follow(0xBF, 0xBF): return ("\\uffff", 3)
        default: return nil
        }
    }
}
