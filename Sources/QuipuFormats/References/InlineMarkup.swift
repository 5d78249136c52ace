/// Titles and abstracts with the inline markup that reference managers and publishers allow in them.
enum InlineMarkup {
    /// Without `<i>`, `<sup>`, `<span …>` and the like, and with `&amp;` and its kin as what they stand for.
    static func stripped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) || text.utf8.contains(UInt8(ascii: "&")) else {
            return text
        }
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<"), let end = tagEnd(bytes, index) {
                index = end
            } else if bytes[index] == UInt8(ascii: "&"), let entity = entity(bytes, index) {
                out += entity.text.utf8
                index = entity.end
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Whether the text is a piece of HTML with paragraphs.
    static func isHTML(_ text: String) -> Bool {
        let start = text.drop(while: \.isWhitespace).prefix(12).lowercased()
        return [
            "<p>", "<p ", "<div", "<h1", "<h2", "<h3", "<ul", "<ol", "<blockquote", "<span", "<br", "<html",
            "<b>", "<i>",
        ]
        .contains { start.hasPrefix($0) }
    }

    private static let names: Set<String> = [
        "i", "b", "em", "strong", "sub", "sup", "span", "u", "sc", "scp", "tt", "italic", "bold",
        "jats:italic",
        "jats:sub", "jats:sup", "jats:bold", "jats:p", "jats:sec", "jats:title", "inf", "nc",
    ]

    private static func tagEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        let tag = bytes[(start + 1)...].prefix(200)
        guard let close = tag.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let inner = bytes[(start + 1)..<close]
        let name = inner.drop { $0 == UInt8(ascii: "/") }.prefix { $0 != 0x20 && $0 != UInt8(ascii: "/") }
        return names.contains(String(decoding: name, as: UTF8.self).lowercased()) ? close + 1 : nil
    }

    private static let entities = [
        "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'", "&#39;": "'", "&nbsp;": " ",
    ]

    private static func entity(_ bytes: [UInt8], _ start: Int) -> (text: String, end: Int)? {
        let word = bytes[start...].prefix(8)
        guard let close = word.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        return entities[String(decoding: bytes[start...close], as: UTF8.self)].map { ($0, close + 1) }
    }
}
