internal import QuipuNaturalKeys

/// Header values outside of ASCII: `=?utf-8?Q?Sp=C3=A4te?=` (RFC 2047), `filename*=utf-8''Sp%C3%A4t` (RFC 2231), and bytes
/// that stand there as they are.
enum EncodedWords {
    static func decode(_ value: ArraySlice<UInt8>) -> String {
        var out = ""
        var plain: [UInt8] = []
        /// Words of one encoding after one another are decoded together, since writers cut characters in two.
        var word: (charset: String, bytes: [UInt8])?
        func endWord() {
            if let word { out += text(word.bytes, word.charset) }
            word = nil
        }
        func endPlain() {
            if !plain.isEmpty { out += text(plain, nil) }
            plain = []
        }
        var index = value.startIndex
        while index < value.endIndex {
            guard value[index] == UInt8(ascii: "="), let found = read(value[index...]) else {
                if word != nil, !isBlank(value[index...]) { endWord() }
                plain.append(value[index])
                index += 1
                continue
            }
            // White space between two words belongs to neither.
            if word != nil {
                plain = []
            } else {
                endPlain()
            }
            if let old = word, old.charset != found.charset { endWord() }
            word = (found.charset, (word?.bytes ?? []) + found.bytes)
            index = found.end
        }
        endWord()
        endPlain()
        return clean(out)
    }

    /// Whether white space leads to another encoded word.
    private static func isBlank(_ rest: ArraySlice<UInt8>) -> Bool {
        let next = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return next.count < rest.count && next.starts(with: "=?".utf8) && read(next) != nil
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> (charset: String, bytes: [UInt8], end: Int)? {
        guard bytes.starts(with: "=?".utf8) else { return nil }
        let body = bytes.dropFirst(2)
        guard let first = body.prefix(80).firstIndex(of: UInt8(ascii: "?")), first + 2 < bytes.endIndex,
            bytes[first + 2] == UInt8(ascii: "?")
        else { return nil }
        let encoding = bytes[first + 1] | 0x20
        let content = bytes[(first + 3)...]
        var index = content.startIndex
        while index + 1 < content.endIndex {
            if content[index] == UInt8(ascii: "?"), content[index + 1] == UInt8(ascii: "=") {
                let text = content[..<index]
                let charset = body[..<first].prefix { $0 != UInt8(ascii: "*") }
                let label = String(decoding: charset.map(ASCII.lowercased), as: UTF8.self)
                switch encoding {
                case UInt8(ascii: "b"): return (label, TransferEncoding.base64(text), index + 2)
                case UInt8(ascii: "q"):
                    let spaced = text.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }
                    return (label, TransferEncoding.quotedPrintable(spaced[...]), index + 2)
                default: return nil
                }
            }
            index += 1
        }
        return nil
    }

    /// The parameter of a header, as it is called in one of the ways in which names of files are written.
    static func parameter(_ name: String, _ parameters: [(name: String, value: String)]) -> String? {
        if let plain = parameters.first(where: { $0.name == name }) {
            return decode(Array(plain.value.utf8)[...])
        }
        if let extended = parameters.first(where: { $0.name == name + "*" }) {
            return percentDecoded([extended])
        }
        var pieces: [(name: String, value: String)] = []
        for number in 0..<100 {
            guard
                let piece = parameters.first(where: {
                    $0.name == "\(name)*\(number)" || $0.name == "\(name)*\(number)*"
                })
            else { break }
            pieces.append(piece)
        }
        return pieces.isEmpty ? nil : percentDecoded(pieces)
    }

    private static func percentDecoded(_ pieces: [(name: String, value: String)]) -> String {
        var charset: String?
        var bytes: [UInt8] = []
        for (number, piece) in pieces.enumerated() {
            var value = Array(piece.value.utf8)[...]
            guard piece.name.hasSuffix("*") else {
                bytes += value
                continue
            }
            if number == 0 {
                let marks = value.indices.filter { value[$0] == UInt8(ascii: "'") }
                if marks.count >= 2 {
                    charset = String(decoding: value[..<marks[0]], as: UTF8.self)
                    value = value[(marks[1] + 1)...]
                }
            }
            while let byte = value.first {
                if byte == UInt8(ascii: "%"),
                    let high = value.dropFirst().first.flatMap(ASCII.hexadecimalDigit),
                    let low = value.dropFirst(2).first.flatMap(ASCII.hexadecimalDigit)
                {
                    bytes.append(UInt8(high) << 4 | UInt8(low))
                    value = value.dropFirst(3)
                } else {
                    bytes.append(byte)
                    value = value.dropFirst()
                }
            }
        }
        return clean(text(bytes, charset))
    }

    static func text(_ bytes: [UInt8], _ charset: String?) -> String {
        String(decoding: TextEncoding.decode(bytes, as: .none, encoding: label(charset)).utf8, as: UTF8.self)
    }

    /// Mail that says ASCII, or nothing, and has other bytes is mostly UTF-8.
    static func label(_ charset: String?) -> String? {
        guard let charset else { return nil }
        let name = String(decoding: charset.utf8.map(ASCII.lowercased), as: UTF8.self)
        return ["us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit"].contains(name) ? nil : name
    }

    /// Without control characters.
    private static func clean(_ text: String) -> String {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            ? String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
            : text
    }
}
