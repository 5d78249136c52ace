/// The labels of internationalised host names in ASCII (RFC 3492): `münchen` is `xn--mnchen-3ya`.
enum Punycode {
    static let prefix = "xn--"
    /// Longer labels are of no host (RFC 1035, section 2.3.4).
    private static let maximumBytes = 63
    private static let (base, least, most, skew, damp, firstBias) = (36, 1, 26, 38, 700, 72)

    /// - Parameter label: with its prefix, in small letters.
    /// - Returns: nil where it is none.
    static func decode(_ label: some BidirectionalCollection<UInt8>) -> String? {
        guard label.count <= maximumBytes, label.starts(with: prefix.utf8) else { return nil }
        let bytes = Array(label.dropFirst(prefix.utf8.count))
        let hyphen = bytes.lastIndex(of: UInt8(ascii: "-"))
        var output = bytes[..<(hyphen ?? 0)].map { Unicode.Scalar($0) }
        guard output.allSatisfy(\.isASCII) else { return nil }
        var (code, bias, index) = (128, firstBias, 0)
        var place = hyphen.map { $0 + 1 } ?? 0
        if place >= bytes.count { return nil }
        while place < bytes.count {
            let before = index
            var weight = 1
            var step = base
            while true {
                guard place < bytes.count, let digit = digit(bytes[place]) else { return nil }
                place += 1
                let (product, overflows) = digit.multipliedReportingOverflow(by: weight)
                guard !overflows, product <= 1 << 40 else { return nil }
                index += product
                let threshold = min(max(step - bias, least), most)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight <= 1 << 40 else { return nil }
                step += base
            }
            let count = output.count + 1
            bias = adapted(index - before, count: count, isFirst: before == 0)
            code += index / count
            index %= count
            guard code <= 0x10_FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
            output.insert(scalar, at: index)
            index += 1
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: output)
        return String(text)
    }

    /// With its prefix; nil where the label is ASCII, or too long.
    static func encode(_ label: String) -> String? {
        let scalars = Array(label.unicodeScalars)
        guard scalars.count <= maximumBytes, scalars.contains(where: { !$0.isASCII }) else { return nil }
        var output = scalars.filter(\.isASCII).map { UInt8($0.value) }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (code, delta, bias) = (128, 0, firstBias)
        while handled < scalars.count {
            guard let next = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= code }).min() else {
                return nil
            }
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in scalars {
                if scalar.value < code { delta += 1 }
                guard scalar.value == code else { continue }
                var rest = delta
                var step = base
                while true {
                    let threshold = min(max(step - bias, least), most)
                    if rest < threshold { break }
                    output.append(letter(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    step += base
                }
                output.append(letter(rest))
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        let text = prefix + String(decoding: output, as: UTF8.self)
        return text.utf8.count <= maximumBytes ? text : nil
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var step = 0
        while delta > (base - least) * most / 2 {
            delta /= base - least
            step += base
        }
        return step + (base - least + 1) * delta / (delta + skew)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        if ASCII.isDigit(byte) { return Int(byte - UInt8(ascii: "0")) + 26 }
        return ASCII.isLetter(byte) ? Int(ASCII.lowercased(byte) - UInt8(ascii: "a")) : nil
    }

    private static func letter(_ digit: Int) -> UInt8 {
        digit < 26 ? UInt8(ascii: "a") + UInt8(digit) : UInt8(ascii: "0") + UInt8(digit - 26)
    }
}
