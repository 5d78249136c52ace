internal import QuipuNaturalKeys

/// One entry in its parts: a key, and fields whose values are still LaTeX.
struct BibTeXEntry {
    let type: String
    var key: String
    /// Names in small letters, in the order of the file; of a name that comes twice, the first counts.
    var fields: [(name: String, value: String)]
    let place: SourcePlace
    /// What was passed over: a name of a string that is not defined, a field that is broken.
    var remarks: [String] = []

    func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// Reads the fields of an entry, with `@string` names and `#` resolved.
struct BibTeXFields {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private let strings: [String: String]
    private(set) var undefined: [String] = []
    private(set) var isConverted = false
    private static let maximumValueBytes = SourceLimits.maximumValueBytes
    /// Of texts that a value names: names of names of names would grow without end.
    private static let maximumNamedBytes = 256 << 10

    static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    init(_ bytes: ArraySlice<UInt8>, strings: [String: String]) {
        self.bytes = bytes
        index = bytes.startIndex
        self.strings = strings
    }

    /// The key before the first comma; empty where there is none.
    mutating func key() -> String {
        skipSpace()
        let key = bytes[index...].prefix { $0 != UInt8(ascii: ",") && $0 != 0x0A }
        // `@misc{title = {…}}` has no key.
        if key.contains(UInt8(ascii: "=")) { return "" }
        index = key.endIndex
        skipSpace()
        if current == UInt8(ascii: ",") { index += 1 }
        return WhiteSpace.trimmed(text(key))
    }

    /// The next field; nil at the end.
    /// - Throws: where a field is broken, behind which nothing can be read.
    mutating func next() throws(Rejection) -> (name: String, value: String)? {
        while let byte = current {
            if byte == UInt8(ascii: ",") || byte <= 0x20 {
                index += 1
            } else if byte == UInt8(ascii: "%") {
                index = bytes[index...].firstIndex(of: 0x0A) ?? bytes.endIndex
            } else {
                break
            }
        }
        guard current != nil else { return nil }
        let name = bytes[index...].prefix { $0 > 0x20 && !"={}()\",#".utf8.contains($0) }
        index = name.endIndex
        skipSpace()
        guard !name.isEmpty, name.count <= 256, current == UInt8(ascii: "=") else {
            throw Rejection("a name and `=` are missing", byteOffset: index - bytes.startIndex)
        }
        index += 1
        let value = try value()
        return (text(name).lowercased(), value)
    }

    /// `{…} # name # "…"`.
    private mutating func value() throws(Rejection) -> String {
        var parts = ""
        var namedBytes = 0
        while true {
            skipSpace()
            switch current {
            case UInt8(ascii: "{"): parts += try braced()
            case UInt8(ascii: "\""): parts += try quoted()
            default:
                let text = word()
                namedBytes += text.utf8.count
                parts += text
            }
            guard namedBytes <= Self.maximumNamedBytes else {
                throw Rejection("the strings that a value names are longer than \(Self.maximumNamedBytes) bytes")
            }
            guard parts.utf8.count <= Self.maximumValueBytes else {
                throw Rejection("a value is longer than \(Self.maximumValueBytes) bytes")
            }
            skipSpace()
            guard current == UInt8(ascii: "#") else { return parts }
            index += 1
        }
    }

    private mutating func word() -> String {
        let word = bytes[index...].prefix { $0 > 0x20 && !",#{}\"".utf8.contains($0) }
        index = word.endIndex
        let name = text(word)
        if word.allSatisfy(ASCII.isDigit) { return name }
        if let value = strings[name.lowercased()] { return value }
        let lowered = name.lowercased()
        if Self.months.contains(lowered) { return lowered }
        if !name.isEmpty, undefined.count < 16 { undefined.append(name) }
        return name
    }

    private mutating func braced() throws(Rejection) -> String {
        let start = index + 1
        if let end = Self.closing(bytes, from: index, countsEscaped: true) ?? Self.closing(bytes, from: index, countsEscaped: false) {
            index = end + 1
            return text(bytes[start..<end])
        }
        throw Rejection("a bracket is not closed", byteOffset: index - bytes.startIndex)
    }

    private mutating func quoted() throws(Rejection) -> String {
        let start = index + 1
        var depth = 0
        var place = start
        while place < bytes.endIndex {
            switch bytes[place] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "\"") where depth <= 0 && bytes[place - 1] != UInt8(ascii: "\\"):
                index = place + 1
                return text(bytes[start..<place])
            default: break
            }
            place += 1
        }
        throw Rejection("a quotation mark is not closed", byteOffset: start - bytes.startIndex)
    }

    /// The bracket that closes the one at `start`. Brackets behind a backslash count for BibTeX, and not for all who write it.
    private static func closing(_ bytes: ArraySlice<UInt8>, from start: Int, countsEscaped: Bool) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\\") where !countsEscaped: index += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Whether nothing but one bracket is left.
    var isAtLastBracket: Bool {
        let rest = bytes[index...].filter { $0 > 0x20 }
        return rest.count == 1 && ")}".utf8.contains(rest[0])
    }

    private var current: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte <= 0x20 { index += 1 }
    }

    private mutating func text(_ bytes: ArraySlice<UInt8>) -> String {
        let (text, converted) = LegacyText.decode(bytes)
        if converted { isConverted = true }
        return text
    }
}
