/// The grammar of RFC 8259 section 6, and what a double makes of it.
enum NumberSyntax {
    /// Bytes of the number at `start`; 0 when there is none.
    static func length(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        func isDigit() -> Bool { index < end && base[index] &- UInt8(ascii: "0") < 10 }
        if index < end, base[index] == UInt8(ascii: "-") { index += 1 }
        guard isDigit() else { return 0 }
        if base[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            while isDigit() { index += 1 }
        }
        if index < end, base[index] == UInt8(ascii: ".") {
            index += 1
            guard isDigit() else { return 0 }
            while isDigit() { index += 1 }
        }
        if index < end, base[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < end, base[index] == UInt8(ascii: "+") || base[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard isDigit() else { return 0 }
            while isDigit() { index += 1 }
        }
        return index - start
    }

    /// The double nearest to a JSON number; nil when the text is none or beyond the range of doubles.
    static func value(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let base = text.baseAddress, length(base, from: 0, to: text.count) == text.count else {
            return nil
        }
        if let integer = shortInteger(text) { return integer }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    @inline(__always)
    private static func shortInteger(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        let isNegative = text[0] == UInt8(ascii: "-")
        guard text.count <= 15 else { return nil }
        var value = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return isNegative ? -Double(value) : Double(value)
    }

    /// Whether a double keeps what was written: the number it prints as is the same, and a plain integer is
    /// within ±2^53, beyond which neighbours fall together (RFC 8785, appendix D: such belong in strings).
    static func isFaithful(_ text: UnsafeBufferPointer<UInt8>, _ value: Double) -> Bool {
        if text.count <= 15 && !text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return true }
        let isPlainInteger = text.allSatisfy { $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: "-") }
        if isPlainInteger, abs(value) > 0x1p53 { return false }
        var printed: [UInt8] = []
        NumberText.append(value, to: &printed)
        return printed.withUnsafeBufferPointer { NumberText.Decimal($0) } == NumberText.Decimal(text)
    }
}
