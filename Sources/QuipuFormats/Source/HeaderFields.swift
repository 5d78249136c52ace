internal import QuipuNaturalKeys

/// Lines of `Name: value`, as HTTP (RFC 9112), WARC and mail (RFC 5322) write them before a blank line. A line that begins
/// with white space goes on with the one before it; a line without a colon says nothing and is passed over.
struct HeaderFields {
    static let maximumBytes = 1 << 20
    static let maximumFields = 2_000
    /// Of one field, with the lines that it goes on over.
    private static let maximumValueBytes = 64 << 10

    /// Names in small letters.
    private(set) var fields: [(name: String, value: ArraySlice<UInt8>)] = []

    init() {}

    /// - Returns: the fields, and where the body begins: behind the blank line, or the end where there is none.
    static func read(_ bytes: ArraySlice<UInt8>) -> (fields: HeaderFields, body: Int) {
        var header = HeaderFields()
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.endIndex
            var line = bytes[index..<end]
            index = min(end + 1, bytes.endIndex)
            if line.last == 0x0D { line = line.dropLast() }
            if line.isEmpty || index - bytes.startIndex > maximumBytes { break }
            header.append(line: line)
        }
        return (header, index)
    }

    mutating func append(line: ArraySlice<UInt8>) {
        if let first = line.first, first == 0x20 || first == 0x09 {
            guard let last = fields.indices.last, fields[last].value.count < Self.maximumValueBytes else {
                return
            }
            let rest = Self.trimmed(line)
            if !rest.isEmpty { fields[last].value = (fields[last].value + [0x20] + rest)[...] }
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), fields.count < Self.maximumFields else {
            return
        }
        let name = Self.trimmed(line[..<colon])
        guard (1...128).contains(name.count), name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return }
        let value = Self.trimmed(line[(colon + 1)...]).prefix(Self.maximumValueBytes)
        fields.append((String(decoding: name.map(ASCII.lowercased), as: UTF8.self), value))
    }

    /// The first value of a name in small letters.
    func bytes(_ name: String) -> ArraySlice<UInt8>? { fields.first { $0.name == name }?.value }

    func text(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The value before the first `;`, in small letters: `text/html`.
    func mediaType(_ name: String = "content-type") -> String? {
        bytes(name).map { value in
            let type = Self.trimmed(value.prefix { $0 != UInt8(ascii: ";") })
            return String(decoding: type.map(ASCII.lowercased), as: UTF8.self)
        }
    }

    /// A parameter behind a `;`, as `charset` in `text/html; charset="utf-8"`; its name in small letters.
    func parameter(_ parameter: String, of name: String) -> String? {
        guard let value = bytes(name) else { return nil }
        return Self.parameters(value).first { $0.name == parameter }?.value
    }

    static func parameters(_ value: ArraySlice<UInt8>) -> [(name: String, value: String)] {
        var parameters: [(String, String)] = []
        var rest = value.drop { $0 != UInt8(ascii: ";") }
        while !rest.isEmpty, parameters.count < 64 {
            rest = rest.dropFirst()
            let name = trimmed(rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") })
            rest = rest.drop { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
            var text: [UInt8] = []
            if rest.first == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
                while let byte = rest.first, byte != UInt8(ascii: "\"") {
                    rest = rest.dropFirst()
                    if byte == UInt8(ascii: "\\"), let next = rest.first {
                        text.append(next)
                        rest = rest.dropFirst()
                    } else {
                        text.append(byte)
                    }
                }
            } else {
                text = Array(trimmed(rest.prefix { $0 != UInt8(ascii: ";") }))
            }
            rest = rest.drop { $0 != UInt8(ascii: ";") }
            parameters.append(
                (
                    String(decoding: name.map(ASCII.lowercased), as: UTF8.self),
                    String(decoding: text, as: UTF8.self)
                ))
        }
        return parameters
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        while let last = bytes.last, last == 0x20 || (0x09...0x0D).contains(last) { bytes = bytes.dropLast() }
        return bytes
    }
}
