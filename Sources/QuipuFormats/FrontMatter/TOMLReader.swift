internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The tokens of TOML 1.0 (toml.io/en/v1.0.0). Each function goes on behind what it has read, or gives nil.
struct TOMLReader {
    /// Tables and arrays inside one another.
    static let maximumDepth = 32

    private let bytes: ArraySlice<UInt8>
    var index: Int
    private var counted: (index: Int, lines: Int)

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        counted = (bytes.startIndex, 0)
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index >= bytes.endIndex }

    /// Lines before the one that is read. Never asked for an earlier one than before.
    mutating func lineNumber() -> Int {
        for position in counted.index..<max(index, counted.index) where bytes[position] == 0x0A {
            counted.lines += 1
        }
        counted.index = max(index, counted.index)
        return counted.lines
    }

    func peek() -> UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    mutating func skipBlankLines() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                skipComment()
            } else if MatterLine.isSpace(byte) {
                index += 1
            } else {
                return
            }
        }
    }

    mutating func takeLine() -> ArraySlice<UInt8> {
        let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.endIndex
        defer { index = min(end + 1, bytes.endIndex) }
        return bytes[index..<end]
    }

    /// Nothing but a comment may follow on the line.
    mutating func endLine() -> Bool {
        skipSpaces()
        if peek() == UInt8(ascii: "#") { skipComment() }
        if peek() == 0x0D { index += 1 }
        guard !isAtEnd else { return true }
        return take("\n")
    }

    /// `[a.b]`, `[[a.b]]`.
    mutating func header() -> (path: [String], isElement: Bool)? {
        guard take("[") else { return nil }
        let isElement = take("[")
        guard let path = self.path(), take(isElement ? "]]" : "]") else { return nil }
        return (path, isElement)
    }

    /// `a.b = value`.
    mutating func pair(depth: Int = 0) -> (path: [String], value: JSONValue)? {
        guard let path = self.path(), take("=") else { return nil }
        skipSpaces()
        return value(depth: depth).map { (path, $0) }
    }

    private mutating func path() -> [String]? {
        var path: [String] = []
        repeat {
            skipSpaces()
            guard path.count < Self.maximumDepth, let key = self.key() else { return nil }
            path.append(key)
            skipSpaces()
        } while take(".")
        return path
    }

    private mutating func key() -> String? {
        if peek() == UInt8(ascii: "\"") || peek() == UInt8(ascii: "'") { return string() }
        let word = bytes[index...].prefix { ASCII.isAlphanumeric($0) || "_-".utf8.contains($0) || $0 >= 0x80 }
        index += word.count
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard depth < Self.maximumDepth, let byte = peek() else { return nil }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return string().map { .string($0) }
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "{"): return inlineTable(depth: depth)
        default: return word()
        }
    }

    private mutating func array(depth: Int) -> JSONValue? {
        index += 1
        var elements: [JSONValue] = []
        while true {
            skipBlankLines()
            if take("]") { return .array(elements) }
            guard let element = value(depth: depth + 1) else { return nil }
            elements.append(element)
            skipBlankLines()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func inlineTable(depth: Int) -> JSONValue? {
        index += 1
        var members: [JSONMember] = []
        skipSpaces()
        if take("}") { return .object([]) }
        while true {
            guard let pair = self.pair(depth: depth + 1), let name = pair.path.first else { return nil }
            let value = pair.path.dropFirst().reversed().reduce(pair.value) {
                .object([JSONMember(name: $1, value: $0)])
            }
            guard !members.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }), members.count < 1_000
            else { return nil }
            members.append(JSONMember(name: name, value: value))
            skipSpaces()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    /// A truth value, a number or a date.
    private mutating func word() -> JSONValue? {
        let word = bytes[index...].prefix { ASCII.isAlphanumeric($0) || "+-_.:".utf8.contains($0) }
        guard !word.isEmpty else { return nil }
        index += word.count
        var text = String(decoding: word, as: UTF8.self)
        // `2024-05-06 07:08:09`.
        if word.count == 10, SourceDate.read(text) != nil, peek() == 0x20 {
            let time = bytes[(index + 1)...].prefix { ASCII.isAlphanumeric($0) || "+-.:".utf8.contains($0) }
            if time.first.map(ASCII.isDigit) == true {
                index += 1 + time.count
                text += " " + String(decoding: time, as: UTF8.self)
            }
        }
        switch text {
        case "true": return true
        case "false": return false
        case "inf", "+inf", "-inf", "nan", "+nan", "-nan": return .string(text)
        default:
            if let number = number(text) { return number }
            let isDate = SourceDate.read(text) != nil || ClockTime.read(text) != nil
            return isDate ? JSONValue.string(text) : Optional.none
        }
    }

    private func number(_ text: String) -> JSONValue? {
        let digits = text.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            guard let value = UInt64(digits.dropFirst(2), radix: radix), value <= 1 << 53 else { return nil }
            return .number(Double(value))
        }
        let literal = digits.hasPrefix("+") ? String(digits.dropFirst()) : digits
        guard let value = try? JSONParser(options: .bigNumbersAsStrings).parse(literal) else { return nil }
        return value.number != nil || value.string != nil ? value : nil
    }

    private mutating func string() -> String? {
        let quote = peek() == UInt8(ascii: "'") ? "'" : "\""
        let hasEscapes = quote == "\""
        if take(quote + quote + quote) {
            if peek() == 0x0D { index += 1 }
            _ = take("\n")
            return characters(to: quote + quote + quote, hasEscapes: hasEscapes, overLines: true)
        }
        guard take(quote) else { return nil }
        return characters(to: quote, hasEscapes: hasEscapes, overLines: false)
    }

    private mutating func characters(to end: String, hasEscapes: Bool, overLines: Bool) -> String? {
        var out: [UInt8] = []
        while let byte = peek() {
            if bytes[index...].starts(with: end.utf8) {
                index += end.utf8.count
                // Up to two quotation marks may stand right before the three that end it.
                while overLines, let quote = end.utf8.first, peek() == quote {
                    out.append(quote)
                    index += 1
                }
                return String(decoding: out, as: UTF8.self)
            }
            if byte == 0x0A, !overLines { return nil }
            index += 1
            if byte == UInt8(ascii: "\\"), hasEscapes {
                guard escape(&out, overLines: overLines) else { return nil }
            } else {
                out.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(_ out: inout [UInt8], overLines: Bool) -> Bool {
        guard let byte = peek() else { return false }
        index += 1
        switch byte {
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "e"): out.append(0x1B)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(byte)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let digits = bytes[index...].prefix(byte == UInt8(ascii: "u") ? 4 : 8)
            guard let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.allSatisfy({ ASCII.hexadecimalDigit($0) != nil }), let scalar = Unicode.Scalar(value)
            else { return false }
            index += digits.count
            out += Array(String(Character(scalar)).utf8)
        case 0x0A, 0x0D, 0x20, 0x09:
            // A backslash at the end of a line joins it with the next word.
            guard overLines else { return false }
            while let next = peek(), MatterLine.isSpace(next) { index += 1 }
        default: return false
        }
        return true
    }

    private mutating func skipSpaces() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 { index += 1 }
    }

    private mutating func skipComment() {
        while let byte = peek(), byte != 0x0A { index += 1 }
    }
}
