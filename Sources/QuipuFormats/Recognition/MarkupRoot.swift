internal import QuipuNaturalKeys

/// The outermost element of what begins with `<`, as far as its beginning tells: behind the XML declaration, comments,
/// and a document type. Prose may begin with `<` too.
struct MarkupRoot {
    /// In small letters; for a document type without an element, the type's.
    let name: String
    /// The beginning, as text.
    let text: String

    /// Elements that nothing but a document of its own begins with.
    private static let roots: Set<String> = [
        "html", "head", "body", "rss", "feed", "rdf:rdf", "opml", "en-export", "svg", "mediawiki", "urlset",
        "sitemapindex",
        "tei", "mods", "modscollection", "netscape-bookmark-file-1", "channel", "plist", "article-set",
        "pubmedarticleset", "marc:collection",
    ]
    private static let lookBytes = 4_096

    init?(_ content: ArraySlice<UInt8>) {
        let head = content.prefix(Self.lookBytes)
        var rest = head
        var isDeclared = false
        var documentType: String?
        while true {
            rest = rest.drop(while: ForeignFormat.isSpace)
            if rest.starts(with: "<!--".utf8) {
                guard let next = Self.behind("-->", rest) else { return nil }
                rest = next
            } else if rest.starts(with: "<?".utf8) {
                isDeclared = isDeclared || rest.starts(with: "<?xml".utf8)
                guard let next = Self.behind("?>", rest) else { break }
                rest = next
            } else if rest.prefix(9).map(ASCII.lowercased).elementsEqual("<!doctype".utf8) {
                documentType = Self.word(rest.dropFirst(9).drop(while: ForeignFormat.isSpace))
                guard let next = TagReader.endOfDocumentType(rest) else { break }
                rest = rest[next...]
            } else {
                break
            }
        }
        let element = rest.first == UInt8(ascii: "<") ? Self.word(rest.dropFirst()) : nil
        if let documentType,
            documentType == "netscape-bookmark-file-1" || documentType == "html" || element == nil
        {
            name = documentType
        } else if let element, isDeclared || documentType != nil || Self.roots.contains(element) {
            name = element
        } else if isDeclared {
            name = "xml"
        } else {
            return nil
        }
        text = String(decoding: head, as: UTF8.self)
    }

    /// Whether all of it stands in one element, and that is markup rather than prose with a `<`: the text ends with a tag
    /// that closes.
    static func isFragment(_ content: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
        guard let name = word(content.dropFirst()), content.dropFirst().first.map(ASCII.isLetter) == true,
            content.contains(UInt8(ascii: ">"))
        else { return false }
        // Of a longer text only tags throughout its beginning say that it is markup.
        if !isWhole {
            let lines = content.split(separator: 0x0A).filter { !$0.allSatisfy(ForeignFormat.isSpace) }
            let tagged = lines.count { $0.drop(while: ForeignFormat.isSpace).first == UInt8(ascii: "<") }
            return tagged * 2 > lines.count
        }
        let end = Array(
            content.reversed().drop(while: ForeignFormat.isSpace).prefix(name.utf8.count + 3).reversed())
        if end.map(ASCII.lowercased).elementsEqual("</\(name)>".utf8) { return true }
        return end.suffix(2).elementsEqual("/>".utf8)
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> String? {
        let word = bytes.prefix(64).prefix { ASCII.isAlphanumeric($0) || ":-_.".utf8.contains($0) }
        return word.isEmpty ? nil : String(decoding: word.map(ASCII.lowercased), as: UTF8.self)
    }

    private static func behind(_ end: String, _ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let end = Array(end.utf8)
        var rest = bytes
        while let found = rest.firstIndex(of: end[0]) {
            rest = rest[found...]
            if rest.starts(with: end) { return rest.dropFirst(end.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
