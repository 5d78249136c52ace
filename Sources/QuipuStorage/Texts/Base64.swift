/// Bytes as text without padding, in the alphabet `base64url` (RFC 4648, section 5), and back.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// By digit; 255 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    static func text(_ bytes: [UInt8]) -> [UInt8] {
        let digits = digits
        return [UInt8](unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { out, count in
            var pending: UInt32 = 0
            var bits = 0
            for byte in bytes {
                pending = pending << 8 | UInt32(byte)
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    out[count] = digits[Int(pending >> UInt32(bits) & 63)]
                    count += 1
                }
            }
            if bits > 0 {
                out[count] = digits[Int(pending << UInt32(6 - bits) & 63)]
                count += 1
            }
        }
    }

    /// Nil where something else than a digit stands there, or a last digit says nothing.
    static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        if text.count % 4 == 1 { return nil }
        let values = values
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var bits = 0
        for digit in text {
            let value = values[Int(digit)]
            if value == 255 { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
        }
        // One text for each row of bytes.
        return pending & (1 << UInt32(bits) - 1) == 0 ? out : nil
    }
}
