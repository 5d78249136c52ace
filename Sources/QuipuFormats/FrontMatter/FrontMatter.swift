/// Front matter: YAML between a first line `---` and a line `---` or `...`, TOML between two lines `+++`, or a JSON
/// object; what follows is the text.
struct FrontMatter {
    enum Syntax {
        case yaml
        case toml
        case json
    }

    let syntax: Syntax
    let matter: ArraySlice<UInt8>
    let text: ArraySlice<UInt8>

    /// Lines of the file before the matter's first.
    var linesBefore: Int { syntax == .json ? 0 : 1 }

    /// nil when the file does not open with front matter, or never closes it: then all of it is text. So is a text that
    /// begins with a rule and has another.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let first = FrontMatter.line(bytes, from: bytes.startIndex) else { return nil }
        let opening = bytes[first.content]
        if FrontMatter.isMarker(opening, "---"),
            let parts = FrontMatter.parts(bytes, from: first.next, closing: ["---", "..."]),
            MatterLine.areMapping(parts.matter)
        {
            (syntax, matter, text) = (.yaml, parts.matter, parts.text)
        } else if FrontMatter.isMarker(opening, "+++"),
            let parts = FrontMatter.parts(bytes, from: first.next, closing: ["+++"]),
            TOMLFrontMatter.isLikely(parts.matter)
        {
            (syntax, matter, text) = (.toml, parts.matter, parts.text)
        } else if let end = FrontMatter.endOfObject(bytes) {
            (syntax, matter, text) = (.json, bytes[..<end], bytes[end...])
        } else {
            return nil
        }
    }

    /// Whether the text begins with a line `---` and has another: front matter, or text with rules.
    static func hasRules(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = line(bytes, from: bytes.startIndex), isMarker(bytes[first.content], "---") else {
            return false
        }
        return parts(bytes, from: first.next, closing: ["---"]) != nil
    }

    private static func parts(
        _ bytes: ArraySlice<UInt8>, from matterStart: Int, closing markers: [String]
    ) -> (matter: ArraySlice<UInt8>, text: ArraySlice<UInt8>)? {
        var start = matterStart
        while let line = Self.line(bytes, from: start) {
            if markers.contains(where: { isMarker(bytes[line.content], $0) }) {
                return (bytes[matterStart..<start], bytes[line.next...])
            }
            start = line.next
        }
        return nil
    }

    /// The line that starts here, its line feed apart; nil at the end.
    static func line(_ bytes: ArraySlice<UInt8>, from start: Int) -> (content: Range<Int>, next: Int)? {
        guard start < bytes.endIndex else { return nil }
        guard let end = bytes[start...].firstIndex(of: 0x0A) else {
            return (start..<bytes.endIndex, bytes.endIndex)
        }
        return (start..<end, end + 1)
    }

    private static func isMarker(_ line: ArraySlice<UInt8>, _ marker: String) -> Bool {
        line.starts(with: marker.utf8)
            && line.dropFirst(marker.utf8.count).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    /// Behind the `}` of an object with names that the file begins with and that nothing follows on its last line.
    private static func endOfObject(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.first == UInt8(ascii: "{"),
            let name = bytes.dropFirst().first(where: { !isSpace($0) }), name == UInt8(ascii: "\"")
        else { return nil }
        var depth = 0
        var (isInString, isEscaped) = (false, false)
        for index in bytes.indices {
            let byte = bytes[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth == 0 else { continue }
                let rest = bytes[(index + 1)...].prefix { $0 != 0x0A }
                return rest.allSatisfy(isSpace) ? index + 1 : nil
            default: continue
            }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
