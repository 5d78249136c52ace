internal import QuipuNaturalKeys

/// A start tag as it is written, with or without quotation marks.
struct TagReader {
    let name: ArraySlice<UInt8>
    /// Names with what stands in their quotation marks, references unread.
    private(set) var attributes: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
    /// Whether it ends with `/>`.
    private(set) var isEmpty = false
    /// Whether that `/` may belong to a value without quotation marks, as in `<a href=https://example.org/>`.
    private(set) var isEndDoubtful = false
    /// Behind its `>`.
    private(set) var end: Int

    private static let maximumAttributes = 1_000

    /// - Parameter bytes: from the name on.
    /// - Returns: nil where there is no end.
    init?(_ bytes: ArraySlice<UInt8>) {
        name = bytes.prefix { !Self.isSpace($0) && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
        end = name.endIndex
        while end < bytes.endIndex {
            let byte = bytes[end]
            if byte == UInt8(ascii: ">") {
                isEmpty = end > name.endIndex && bytes[end - 1] == UInt8(ascii: "/")
                end += 1
                return
            }
            if Self.isSpace(byte) || byte == UInt8(ascii: "/") {
                end += 1
                continue
            }
            guard readAttribute(bytes) else { return nil }
        }
        return nil
    }

    /// At the beginning of its name.
    private mutating func readAttribute(_ bytes: ArraySlice<UInt8>) -> Bool {
        let name = bytes[end...].prefix {
            !Self.isSpace($0) && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/")
                && $0 != UInt8(ascii: "=")
        }
        // A `=` first belongs to the name.
        end = max(name.endIndex, end + 1)
        let behind = bytes[end...].drop(while: Self.isSpace)
        guard behind.first == UInt8(ascii: "=") else {
            add(name, [])
            return true
        }
        let value = behind.dropFirst().drop(while: Self.isSpace)
        guard let mark = value.first else { return false }
        if mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") {
            guard let close = value.dropFirst().firstIndex(of: mark) else { return false }
            add(name, value[(value.startIndex + 1)..<close])
            end = close + 1
        } else {
            let bare = value.prefix { !Self.isSpace($0) && $0 != UInt8(ascii: ">") }
            // `<br clear=all/>`
            let isClosing =
                bare.last == UInt8(ascii: "/") && bytes[bare.endIndex...].first == UInt8(ascii: ">")
            add(name, isClosing ? bare.dropLast() : bare)
            isEndDoubtful = isClosing
            end = bare.endIndex
        }
        return true
    }

    private mutating func add(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        // Of pictures in attributes the first bytes tell that they are such.
        let isData = value.starts(with: "data:".utf8)
        let value = isData ? value.prefix(MarkupLimits.maximumAttributeBytes) : value
        // A frame's page may stand in one; only its text is taken.
        let isPage = name.elementsEqual("srcdoc".utf8)
        guard attributes.count < Self.maximumAttributes, Self.isName(name),
            value.count <= MarkupLimits.maximumAttributeBytes || isPage,
            attributes.count > 32 || !attributes.contains(where: { $0.name == name })
        else { return }
        attributes.append((name, value))
    }

    /// Writes the attributes so that any parser reads them.
    func write(in place: CharacterReference.Place, to out: inout [UInt8]) {
        for attribute in attributes where attribute.value.count <= MarkupLimits.maximumAttributeBytes {
            out.append(0x20)
            out += attribute.name
            out += "=\"".utf8
            Self.write(attribute.value, in: place, to: &out)
            out.append(UInt8(ascii: "\""))
        }
    }

    /// Writes text with its references as characters.
    static func write(
        _ text: ArraySlice<UInt8>, in place: CharacterReference.Place, to out: inout [UInt8]
    ) {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "&"),
                let found = CharacterReference.read(text[index...], in: place)
            {
                CharacterReference.append(found.characters, to: &out)
                index += found.count
            } else {
                CharacterReference.append(text[index], to: &out)
                index += 1
            }
        }
    }

    /// Reads text: references become characters.
    static func read(
        _ text: ArraySlice<UInt8>, in place: CharacterReference.Place, to out: inout [UInt8]
    ) {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "&"),
                let found = CharacterReference.read(text[index...], in: place)
            {
                out += found.characters
                index += found.count
            } else {
                out.append(text[index])
                index += 1
            }
        }
    }

    /// Behind the `>` of a document type, which may declare things in brackets; nil where there is no end.
    ///
    /// - Parameter bytes: from its `<!` on.
    static func endOfDocumentType(_ bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex + 2
        var quote: UInt8?
        var isInBrackets = false
        while index < bytes.endIndex {
            let byte = bytes[index]
            if let mark = quote {
                if byte == mark { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "[") {
                isInBrackets = true
            } else if byte == UInt8(ascii: "]") {
                isInBrackets = false
            } else if byte == UInt8(ascii: ">"), !isInBrackets {
                return index + 1
            }
            index += 1
        }
        return nil
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    static func isNameStart(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
    }

    static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        guard let first = name.first, isNameStart(first), name.count <= MarkupLimits.maximumNameBytes else {
            return false
        }
        return name.allSatisfy {
            isNameStart($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }

    /// Where these bytes begin first; nil where they do not stand there.
    static func find(_ text: String, _ bytes: ArraySlice<UInt8>) -> Int? {
        let text = Array(text.utf8)
        var from = bytes.startIndex
        while let found = bytes[from...].firstIndex(of: text[0]) {
            if bytes[found...].starts(with: text) { return found }
            from = found + 1
        }
        return nil
    }
}
