@_spi(_Unicode) import Swift

extension String {
    /// Normalization Form C (UAX #15).
    ///
    /// Most text is in NFC already, and the standard library's normaliser takes each code point through its
    /// tables. So stretches of code points that NFC never changes nor joins to their neighbours are copied,
    /// and only the rest, each with the one stable code point before it, is normalised.
    public var nfc: String {
        var source = self
        return source.withUTF8 { bytes in
            guard let first = StableText.firstUnstable(bytes, from: 0) else { return self }
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            var copied = 0
            var unstable = Optional(first)
            while let start = unstable {
                // A mark may join the code point before it.
                var from = start
                if from > copied {
                    repeat { from -= 1 } while bytes[from] & 0xC0 == 0x80
                }
                let to = StableText.firstStable(bytes, from: start)
                out.append(contentsOf: bytes[copied..<from])
                for scalar in MarkOrder.ordered(String(decoding: bytes[from..<to], as: UTF8.self))._nfc {
                    out.append(contentsOf: UTF8.encode(scalar)!)
                }
                copied = to
                unstable = StableText.firstUnstable(bytes, from: to)
            }
            out.append(contentsOf: bytes[copied...])
            return String(decoding: out, as: UTF8.self)
        }
    }
}

/// Code points with combining class 0 and NFC_Quick_Check = Yes: a boundary lies before each. The list leaves
/// out much that is rare; leaving out costs time, never correctness.
enum StableText {
    @inline(__always)
    static func isStable(_ codePoint: UInt32) -> Bool {
        switch codePoint {
        case 0x0000...0x02FF, 0x0388...0x0482, 0x048A...0x058F, 0x05D0...0x05EA, 0x061B...0x064A,
            0x0660...0x066F, 0x0671...0x06D5, 0x2002...0x20CF, 0x2100...0x2125, 0x2190...0x2328,
            0x3000...0x3029, 0x3041...0x3096, 0x30A0...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3,
            0xFF00...0xFFEF:
            true
        default: false
        }
    }

    static func firstUnstable(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            // Most texts are mostly ASCII.
            while index &+ 8 <= bytes.count, isASCII(bytes, index) { index &+= 8 }
            guard index < bytes.count else { return nil }
            // Lead bytes up to CB are code points up to U+02FF.
            if bytes[index] < 0xCC {
                index &+= 1
                continue
            }
            let (codePoint, length) = decode(bytes, index)
            if !isStable(codePoint) { return index }
            index &+= length
        }
        return nil
    }

    /// Whether the next eight bytes are.
    @inline(__always)
    private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        let block = UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
        return block & 0x8080_8080_8080_8080 == 0
    }

    static func firstStable(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let (codePoint, length) = decode(bytes, index)
            if isStable(codePoint) { return index }
            index &+= length
        }
        return index
    }

    /// `index` is at the first byte of a code point of a `String`, so the sequence is whole.
    @inline(__always)
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (UInt32, Int) {
        let lead = UInt32(bytes[index])
        func rest(_ offset: Int) -> UInt32 { UInt32(bytes[index &+ offset] & 0x3F) }
        if lead < 0x80 { return (lead, 1) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | rest(1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | rest(1) << 6 | rest(2), 3) }
        return ((lead & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
    }
}
