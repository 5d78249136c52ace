internal import QuipuNaturalKeys

/// The paragraph that is being read: text with white space collapsed, links in it, line breaks as line feeds.
struct ReadingLine {
    private(set) var bytes: [UInt8] = []
    private var hasSpaceBefore = false
    /// Where the link begins that is open, and where it leads.
    private var link: (start: Int, target: String)?

    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x0A } }

    /// Text of HTML, its white space collapsed and its soft hyphens left out.
    mutating func append(_ text: ArraySlice<UInt8>) {
        for byte in MarkdownEscape.inline(Self.withoutSoftHyphens(text)) {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                space()
            } else {
                writeSpace()
                bytes.append(byte)
            }
        }
    }

    mutating func append(_ text: String) { append(Array(text.utf8)[...]) }

    /// A space where something stands before it in its line.
    mutating func space() {
        if let last = bytes.last, last != 0x0A, last != 0x20 { hasSpaceBefore = true }
    }

    /// Text as it stands, white space and all.
    mutating func appendPreformatted(_ text: ArraySlice<UInt8>) { bytes += Self.withoutSoftHyphens(text) }

    /// What is no text of the page: what parts two cells.
    mutating func appendMark(_ mark: String) {
        hasSpaceBefore = false
        bytes += mark.utf8
    }

    /// A line's end, where the line holds something.
    mutating func endLine() {
        if let last = bytes.last, last != 0x0A { breakLine() }
    }

    mutating func breakLine() {
        hasSpaceBefore = false
        bytes.append(0x0A)
    }

    mutating func openLink(_ target: String) {
        guard link == nil else { return }
        writeSpace()
        link = (bytes.count, target)
    }

    mutating func closeLink() {
        endOfLinkedText()
        link = nil
    }

    private mutating func writeSpace() {
        if hasSpaceBefore, let last = bytes.last, last != 0x0A { bytes.append(0x20) }
        hasSpaceBefore = false
    }

    private mutating func endOfLinkedText() {
        guard let (start, target) = link, let written = linkedText(from: start, to: target) else { return }
        bytes.removeSubrange(start...)
        bytes += written
    }

    /// What stands from there on as a link; nil where nothing stands or the text is the address itself. A function of its own, so that no
    /// slice of the paragraph outlives it: whoever changed the paragraph then would copy all of it for each link.
    private func linkedText(from start: Int, to target: String) -> [UInt8]? {
        let text = bytes[start...]
        guard !text.allSatisfy({ $0 == 0x20 || $0 == 0x0A }), !text.elementsEqual(target.utf8) else {
            return nil
        }
        let linked = text.map { $0 == 0x0A ? 0x20 : $0 }
        return [UInt8(ascii: "[")] + MarkdownEscape.linkText(linked[...]) + Array("](".utf8)
            + MarkdownEscape.target(target) + [UInt8(ascii: ")")]
    }

    /// What was read, and an empty line behind it; a link that is open goes on there.
    mutating func take() -> [UInt8] {
        endOfLinkedText()
        defer {
            bytes = []
            hasSpaceBefore = false
            if let target = link?.target { link = (0, target) }
        }
        return bytes
    }

    private static func withoutSoftHyphens(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(0xAD) else { return Array(text) }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for byte in text {
            if byte == 0xAD, out.last == 0xC2 { out.removeLast() } else { out.append(byte) }
        }
        return out
    }
}
