internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Numbers that a double would change.
enum YAMLNumbers {
    /// Kept as the text that was written.
    case keepingText
    /// Taken as the nearest double: right where the writer had doubles, as our own exports do.
    case nearest
}

/// Plain scalars by the core schema (YAML 1.2.2, section 10.3.2). Infinities and NaN, which JSON lacks, and
/// dates, which the schema lacks, stay text.
enum YAMLScalar {
    /// With `isText`, everything but null stays as it was written.
    static func value(_ text: String, isText: Bool, numbers: YAMLNumbers) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case _ where isText: return .string(text)
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return number(text, numbers) ?? .string(text)
        }
    }

    private static func number(_ text: String, _ numbers: YAMLNumbers) -> JSONValue? {
        let bytes = Array(text.utf8)
        if text.hasPrefix("0o") || text.hasPrefix("0x") {
            let radix = text.hasPrefix("0o") ? 8 : 16
            let digits = text.dropFirst(2)
            guard digits.first.map({ $0 != "+" && $0 != "-" }) == true,
                let value = UInt64(digits, radix: radix),
                value <= 1 << 53
            else { return nil }
            return .number(Double(value))
        }
        guard let literal = jsonLiteral(bytes) else { return nil }
        let options: JSONParser.Options = numbers == .keepingText ? .bigNumbersAsStrings : []
        let value = try? JSONParser(options: options).parse(literal)
        return value?.number.map { .number($0) }
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?` in the stricter grammar of JSON.
    private static func jsonLiteral(_ bytes: [UInt8]) -> [UInt8]? {
        var index = 0
        func byte() -> UInt8? { index < bytes.count ? bytes[index] : nil }
        func digits() -> ArraySlice<UInt8> {
            let start = index
            while let next = byte(), ASCII.isDigit(next) { index += 1 }
            return bytes[start..<index]
        }
        var literal: [UInt8] = []
        if byte() == UInt8(ascii: "-") { literal.append(UInt8(ascii: "-")) }
        if byte() == UInt8(ascii: "-") || byte() == UInt8(ascii: "+") { index += 1 }

        let whole = digits()
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        literal += significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        if byte() == UInt8(ascii: ".") {
            index += 1
            let fraction = digits()
            if whole.isEmpty, fraction.isEmpty { return nil }
            if !fraction.isEmpty { literal += [UInt8(ascii: ".")] + fraction }
        } else if whole.isEmpty {
            return nil
        }
        if let mark = byte(), mark | 0x20 == UInt8(ascii: "e") {
            index += 1
            literal.append(UInt8(ascii: "e"))
            if let sign = byte(), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                literal.append(sign)
                index += 1
            }
            let exponent = digits()
            if exponent.isEmpty { return nil }
            literal += exponent
        }
        return index == bytes.count ? literal : nil
    }
}
