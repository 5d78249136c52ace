internal import QuipuNaturalKeys

/// Keeps text that only looks like Markdown from being read as such.
enum MarkdownEscape {
    private static let backslash = UInt8(ascii: "\\")

    /// A line of text, escaped where it would begin a heading, quote, list, rule or code.
    static func line(_ line: ArraySlice<UInt8>) -> [UInt8] {
        guard let place = placeToEscape(line) else { return Array(line) }
        return line[..<place] + [backslash] + line[place...]
    }

    /// Before which byte a backslash has to stand.
    private static func placeToEscape(_ line: ArraySlice<UInt8>) -> Int? {
        guard let first = line.first else { return nil }
        func endsOrSpace(_ rest: ArraySlice<UInt8>) -> Bool {
            rest.first.map { $0 == 0x20 || $0 == 0x09 } ?? true
        }
        switch first {
        case UInt8(ascii: "#"):
            let marks = line.prefix { $0 == first }
            return marks.count <= 6 && endsOrSpace(line.dropFirst(marks.count)) ? line.startIndex : nil
        case UInt8(ascii: ">"): return line.startIndex
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "="), UInt8(ascii: "_"):
            if first != UInt8(ascii: "="), first != UInt8(ascii: "_"), endsOrSpace(line.dropFirst()) {
                return line.startIndex
            }
            let isRule =
                line.count >= 3 && first != UInt8(ascii: "+")
                && line.allSatisfy { $0 == first || $0 == 0x20 }
            return isRule ? line.startIndex : nil
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            return line.prefix(while: { $0 == first }).count >= 3 ? line.startIndex : nil
        case _ where ASCII.isDigit(first):
            let digits = line.prefix(while: ASCII.isDigit)
            let mark = line.dropFirst(digits.count)
            guard digits.count <= 9, let dot = mark.first,
                dot == UInt8(ascii: ".") || dot == UInt8(ascii: ")"), endsOrSpace(mark.dropFirst())
            else { return nil }
            return mark.startIndex
        default: return nil
        }
    }

    /// Text within a line, escaped where it would be read as a link, and where a backslash would be read as an escape.
    static func inline(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 == UInt8(ascii: "]") || $0 == backslash }) else { return text }
        var out: [UInt8] = []
        out.reserveCapacity(text.count + 8)
        for (place, byte) in text.enumerated() {
            let next = place + 1 < text.count ? text[place + 1] : 0
            if byte == backslash, "\\#>-+*=_`~.)[]".utf8.contains(next) { out.append(backslash) }
            // `](` makes a link of what stands before it, `]:` at a line's beginning a definition.
            if byte == UInt8(ascii: "]"), next == UInt8(ascii: "(") || next == UInt8(ascii: ":") {
                out.append(backslash)
            }
            out.append(byte)
        }
        return out
    }

    /// What stands in the brackets of a link.
    static func linkText(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for (place, byte) in zip(text.indices, text) {
            let isBracket = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
            if isBracket, place == text.startIndex || text[place - 1] != backslash { out.append(backslash) }
            out.append(byte)
        }
        return out
    }

    /// What stands in the parentheses of a link.
    static func target(_ url: String) -> [UInt8] {
        var out: [UInt8] = []
        for byte in url.utf8 {
            switch byte {
            case 0x20: out += "%20".utf8
            case UInt8(ascii: "("): out += "%28".utf8
            case UInt8(ascii: ")"): out += "%29".utf8
            case UInt8(ascii: "<"): out += "%3C".utf8
            case UInt8(ascii: ">"): out += "%3E".utf8
            case UInt8(ascii: "\\"): out += "%5C".utf8
            default: out.append(byte)
            }
        }
        return out
    }
}
