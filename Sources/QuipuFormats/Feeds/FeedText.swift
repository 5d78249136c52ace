internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The texts of a feed: plain, HTML within text, or markup within markup; what each is the feed says, or it is guessed.
enum FeedText {
    /// Reading text: paragraphs, Markdown for what is marked.
    static func prose(_ element: MarkupElement, base: String?) -> String? {
        let base = baseOf(element, base)
        let text: String
        switch kind(element) {
        case .markup: text = ReadingText.of(element, base: base)
        case .html(let html): text = ReadingText.fromHTML(withoutFrames(html), base: base)
        case .plain(let plain): text = plain
        case .nothing: return nil
        }
        return SourceValue.isBlank(text) ? nil : WhiteSpace.trimmed(text)
    }

    /// One line without markup: a title, a name.
    static func line(_ element: MarkupElement) -> String? {
        let text: String
        switch kind(element) {
        case .markup: text = words(element)
        case .html(let html): text = plain(html)
        case .plain(let plain): text = plain
        case .nothing: return nil
        }
        return SingleLine.of(text)
    }

    /// The text of HTML in one line.
    static func plain(_ html: String) -> String {
        guard html.utf8.contains(UInt8(ascii: "<")) || html.utf8.contains(UInt8(ascii: "&")),
            let tree = try? MarkupTree.html(utf8: Array(html.utf8))
        else { return html }
        return words(tree.document)
    }

    /// The text of an element without that of scripts and styles.
    private static func words(_ element: MarkupElement) -> String {
        var text = ""
        for part in element.descendants where part.isText {
            let holder = part.parent?.name
            if holder != "script", holder != "style" { text += part.text }
        }
        return text
    }

    /// Players and frames, and what stands in them for readers that have none. Feeds write `<iframe/>`, behind which a
    /// browser would show nothing any more.
    private static func withoutFrames(_ html: String) -> String {
        let names = ["iframe", "object"]
        let bytes = Array(html.utf8)
        guard names.contains(where: { ForeignFormat.contains(bytes[...], "<" + $0) }) else { return html }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            out += rest[..<open]
            rest = rest[open...]
            let inner = rest.dropFirst().first == UInt8(ascii: "/") ? rest.dropFirst(2) : rest.dropFirst()
            let word = String(
                decoding: inner.prefix(8).prefix(while: ASCII.isLetter).map(ASCII.lowercased), as: UTF8.self)
            if names.contains(word), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
                rest = rest[(end + 1)...]
            } else {
                out.append(UInt8(ascii: "<"))
                rest = rest.dropFirst()
            }
        }
        return String(decoding: out + rest, as: UTF8.self)
    }

    private enum Kind {
        case plain(String)
        case html(String)
        /// The element holds elements.
        case markup
        case nothing
    }

    private static func kind(_ element: MarkupElement) -> Kind {
        if element.feedAttribute("src") != nil, SourceValue.isBlank(element.text) { return .nothing }
        let type = mediaType(element)
        let mode = element.feedAttribute("mode")?.lowercased() ?? ""
        let hasElements = element.contents.contains { !$0.isText }
        if isBinary(type) { return .nothing }
        if mode == "base64" || element.feedAttribute("encoding") == "base64" {
            if hasElements { return type.hasSuffix("xml") ? .markup : .nothing }
            let bytes = TransferEncoding.base64(element.text.utf8)
            // Pictures and sounds are no text, whatever is said of them.
            if bytes.isEmpty || BinaryContent.isLikely(bytes.prefix(4_096)) { return .nothing }
            let text = String(decoding: TextEncoding.decode(bytes).utf8, as: UTF8.self)
            return type == "text/plain" ? .plain(text) : .html(text)
        }
        if hasElements, mode != "escaped" { return .markup }
        let text = element.text
        switch type {
        case "text", "text/plain":
            // Atom means it; Atom 0.3 said `text/plain` for anything.
            return type == "text" || !isHTML(text) ? .plain(text) : .html(text)
        case "html", "text/html", "xhtml", "application/xhtml+xml": return .html(text)
        default:
            // Without a type Atom means text, and RSS says nothing.
            let isAtom =
                element.namespace?.hasSuffix("/2005/Atom") == true && FeedVocabulary(element) == .core
            return isAtom && type.isEmpty || !isHTML(text) ? .plain(text) : .html(text)
        }
    }

    private static func mediaType(_ element: MarkupElement) -> String {
        (element.feedAttribute("type") ?? "").split(separator: ";").first.map {
            WhiteSpace.trimmed($0.lowercased())
        } ?? ""
    }

    /// Of content that is no text, or that stands elsewhere: what it is, and where, or the content itself as it is written.
    static func foreign(_ element: MarkupElement) -> JSONValue? {
        let type = mediaType(element)
        let reference = element.feedAttribute("src")
        guard reference != nil || isBinary(type) else { return nil }
        var members: [JSONMember] = []
        func add(_ name: String, _ text: String?) {
            if let text, !SourceValue.isBlank(text), text.utf8.count <= FeedEntry.maximumKeptBytes {
                members.append(JSONMember(name: name, value: .string(text)))
            }
        }
        add("type", type)
        add("src", reference)
        if isBinary(type) { add("content", SingleLine.of(element.text)) }
        return members.isEmpty ? nil : .object(members)
    }

    private static func isBinary(_ type: String) -> Bool {
        guard type.contains("/") else { return false }
        if ["image/", "audio/", "video/", "font/"].contains(where: type.hasPrefix) { return true }
        return !type.hasPrefix("text/") && !type.hasSuffix("+xml") && !type.hasSuffix("/xml")
    }

    /// Whether a text has tags or references in it.
    static func isHTML(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            let rest = bytes[(index + 1)...]
            if byte == UInt8(ascii: "<") {
                let name = rest.first == UInt8(ascii: "/") ? rest.dropFirst() : rest
                let word = name.prefix(16).prefix(while: ASCII.isAlphanumeric)
                guard let first = word.first, ASCII.isLetter(first) else { continue }
                let next = name.dropFirst(word.count).first
                if next == UInt8(ascii: ">") || next == UInt8(ascii: "/") || next == 0x20 || next == 0x0A {
                    if rest.contains(UInt8(ascii: ">")) { return true }
                }
            } else if byte == UInt8(ascii: "&"), let first = rest.first {
                let name = first == UInt8(ascii: "#") ? rest.dropFirst() : rest
                let word = name.prefix(16).prefix(while: ASCII.isAlphanumeric)
                if !word.isEmpty, name.dropFirst(word.count).first == UInt8(ascii: ";") { return true }
            }
        }
        return false
    }

    /// The base of an element: its own, that of those around it within the item, that of the feed.
    static func baseOf(_ element: MarkupElement, _ base: String?) -> String? {
        var bases: [String] = []
        var at: MarkupElement? = element
        while let one = at {
            if let own = one.xmlAttribute("base") { bases.append(own) }
            at = one.parent
        }
        return bases.reversed().reduce(base) { URLReference.resolve($1, base: $0) ?? $0 }
    }
}
