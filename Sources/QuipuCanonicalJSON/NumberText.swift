/// The form ECMAScript gives a double (ECMA-262, Number::toString with radix 10), which RFC 8785 section
/// 3.2.2.3 prescribes. The shortest digits that read back as the same double, nearest to it where there are
/// several, are what Swift's `description` gives too; only the layout differs.
enum NumberText {
    /// A canonical number is never longer: sign, 17 digits, point, `e-`, three digits.
    static let maximumBytes = 25

    /// NaN and infinities have no JSON form; `null` is what ECMAScript's `JSON.stringify` writes for them.
    static func append(_ value: Double, to out: inout [UInt8]) {
        guard value.isFinite else { return out.append(contentsOf: "null".utf8) }
        if abs(value) < 0x1p53, let integer = Int64(exactly: value) {
            return append(integer, to: &out)
        }
        var text = value.description
        let decimal = text.withUTF8 { Decimal($0) }
        if value < 0 { out.append(UInt8(ascii: "-")) }
        append(decimal, to: &out)
    }

    private static func append(_ value: Int64, to out: inout [UInt8]) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = out.count
        repeat {
            out.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        out[start...].reverse()
    }

    private static func append(_ decimal: Decimal, to out: inout [UInt8]) {
        let digits = decimal.digits
        let zero = UInt8(ascii: "0")
        switch decimal.pointAfter {
        case let point where digits.count <= point && point <= 21:
            out.append(contentsOf: digits)
            out.append(contentsOf: repeatElement(zero, count: point - digits.count))
        case let point where 0 < point && point <= 21:
            out.append(contentsOf: digits[..<point])
            out.append(UInt8(ascii: "."))
            out.append(contentsOf: digits[point...])
        case let point where -6 < point && point <= 0:
            out.append(contentsOf: [zero, UInt8(ascii: ".")])
            out.append(contentsOf: repeatElement(zero, count: -point))
            out.append(contentsOf: digits)
        case let point:
            out.append(digits[0])
            if digits.count > 1 {
                out.append(UInt8(ascii: "."))
                out.append(contentsOf: digits[1...])
            }
            out.append(contentsOf: (point > 0 ? "e+" : "e-").utf8)
            append(Int64((point - 1).magnitude), to: &out)
        }
    }

    /// The magnitude of a decimal literal: 0.`digits` × 10^`pointAfter`, no zero at either end of the digits.
    struct Decimal: Equatable {
        var digits: [UInt8] = []
        var pointAfter = 0

        /// `text` is a JSON number or Swift's `description` of a double; the sign is passed over.
        init(_ text: UnsafeBufferPointer<UInt8>) {
            var index = 0
            var seenPoint = false
            scan: while index < text.count {
                switch text[index] {
                case UInt8(ascii: "."): seenPoint = true
                case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
                case let byte where byte >= UInt8(ascii: "0"):
                    if byte == UInt8(ascii: "0"), digits.isEmpty {
                        if seenPoint { pointAfter -= 1 }
                    } else {
                        digits.append(byte)
                        if !seenPoint { pointAfter += 1 }
                    }
                default: break
                }
                index += 1
            }
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
            if digits.isEmpty {
                pointAfter = 0
            } else {
                pointAfter += Decimal.exponent(text[min(index, text.count)...])
            }
        }

        /// Saturates far beyond any double, so that a hostile exponent cannot overflow.
        private static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
            var value = 0
            for byte in text where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
                value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1 << 40)
            }
            return text.contains(UInt8(ascii: "-")) ? -value : value
        }
    }
}
