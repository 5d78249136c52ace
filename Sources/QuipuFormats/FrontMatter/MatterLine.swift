internal import QuipuNaturalKeys

/// One line of YAML front matter, looked at without parsing it: what people and templates write there is not always YAML.
enum MatterLine {
    /// A key longer than this, or of more words, is prose.
    private static let maximumKeyBytes = 64
    private static let maximumKeyWords = 3

    /// `key: value` at the margin.
    static func key(of line: ArraySlice<UInt8>) -> (name: String, value: ArraySlice<UInt8>)? {
        guard let first = line.first else { return nil }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            guard let end = line.dropFirst().firstIndex(of: first),
                line[(end + 1)...].first == UInt8(ascii: ":")
            else {
                return nil
            }
            return (String(decoding: line[(line.startIndex + 1)..<end], as: UTF8.self), line[(end + 2)...])
        }
        guard
            ASCII.isAlphanumeric(first) || first == UInt8(ascii: "_") || first == UInt8(ascii: "$")
                || first >= 0x80,
            let colon = line.prefix(maximumKeyBytes + 1).firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let name = String(decoding: line[..<colon].reversed().drop(while: isSpace).reversed(), as: UTF8.self)
        let value = line[(colon + 1)...]
        guard name.split(separator: " ").count <= maximumKeyWords else { return nil }
        // `title:Foo` is no YAML, but nothing else either.
        guard value.first.map(isSpace) != false || FieldNames.isKnown(name) else { return nil }
        return (name, value)
    }

    /// Whether lines between two rules are front matter rather than text.
    static func areMapping(_ lines: ArraySlice<UInt8>) -> Bool {
        var (keys, others, startsBlank, hasKnownKey, hasContent) = (0, 0, false, false, false)
        var start = lines.startIndex
        while let line = FrontMatter.line(lines, from: start) {
            start = line.next
            let content = lines[line.content]
            if content.allSatisfy(isSpace) {
                startsBlank = startsBlank || !hasContent
                continue
            }
            hasContent = true
            if content.first == UInt8(ascii: "#") { continue }
            if let key = Self.key(of: content) {
                keys += 1
                hasKnownKey = hasKnownKey || FieldNames.isKnown(key.name) || key.name == LosslessRecord.marker
            } else if keys == 0 || !isContinuation(content) {
                others += 1
            }
        }
        if !hasContent { return !startsBlank }
        return hasKnownKey ? keys >= others : keys > others && !startsBlank
    }

    /// Whether a line belongs to the key above it.
    static func isContinuation(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first else { return true }
        return isSpace(first) || "]}".utf8.contains(first)
            || first == UInt8(ascii: "-") && line.dropFirst().first.map(isSpace) != false
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
