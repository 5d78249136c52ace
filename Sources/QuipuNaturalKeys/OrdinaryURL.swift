/// The addresses that nearly all articles have, of which one look tells that hardly anything is to be done:
/// `https://www.example.org/2026/05/the-river-rose.html`. They are not taken apart, and a test holds what comes of them
/// against the rules of ``CanonicalURL``.
enum OrdinaryURL {
    /// The canonical form; nil where it takes more than to drop a `www.` and to write `https`, or may do.
    static func canonicalize(_ text: String) -> String? {
        let found = text.utf8.withContiguousStorageIfAvailable { bytes -> Range<Int>? in rest(of: bytes) }
        guard let rest = found ?? nil else { return nil }
        if rest.lowerBound == secure.utf8.count { return text }
        let start = text.utf8.index(text.utf8.startIndex, offsetBy: rest.lowerBound)
        return secure + String(text[start...])
    }

    private static let secure = "https://"

    /// From the host to the end, which is the text's end.
    private static func rest(of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        guard bytes.count <= CanonicalURL.maximumBytes, var start = hostStart(bytes) else { return nil }
        guard let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")), slash > start,
            slash < bytes.count - 1
        else { return nil }
        var labels = 1
        var before = UInt8(ascii: ".")
        for byte in bytes[start..<slash] {
            let isDot = byte == UInt8(ascii: ".")
            guard isDot || isHostByte(byte), !(isDot && before == UInt8(ascii: ".")) else { return nil }
            // A label in Punycode has two hyphens.
            if byte == UInt8(ascii: "-"), before == byte { return nil }
            if isDot { labels += 1 }
            before = byte
        }
        if before == UInt8(ascii: ".") { return nil }
        if bytes[start...].starts(with: "www.".utf8), labels > 2 {
            start += 4
            if bytes[start...].starts(with: "www.".utf8) { return nil }
        }
        var last = UInt8(ascii: "/")
        for byte in bytes[(slash + 1)...] {
            // Behind a slash: a dot segment, or none at all.
            if last == UInt8(ascii: "/"), byte == UInt8(ascii: ".") || byte == last { return nil }
            guard PercentEncoding.isUnreserved(byte) || byte == UInt8(ascii: "/") else { return nil }
            last = byte
        }
        return last == UInt8(ascii: "/") ? nil : start..<bytes.count
    }

    private static func hostStart(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        if bytes.starts(with: "https://".utf8) { return 8 }
        return bytes.starts(with: "http://".utf8) ? 7 : nil
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) && byte == ASCII.lowercased(byte) || byte == UInt8(ascii: "-")
    }
}
