internal import QuipuNaturalKeys

extension FormatEntry {
    static let csl = FormatEntry(
        .csl, name: "a CSL-JSON file", fields: CSLMapping.fields, isRecognised: { CSLFormat.layout(of: $0.content) != nil },
        open: { (source, _) throws(InterchangeError) in
            let mark = try ByteOrderMark.pass(source)
            let start = try source.peek(SourceLimits.recognitionBytes)
            let content = start.drop(while: ForeignFormat.isSpace)
            let fallback: JSONElementSplitter.Layout = content.first == UInt8(ascii: "[") ? .array : .sequence
            return CSLReader(source, layout: CSLFormat.layout(of: content) ?? fallback, byteOffset: mark.bytes)
        })
}

enum CSLFormat {
    /// Types that only CSL has.
    private static let ownTypes: Set<String> = [
        "article-journal", "article-magazine", "article-newspaper", "paper-conference", "post-weblog", "legal_case",
        "entry-encyclopedia", "entry-dictionary", "motion_picture", "personal_communication", "musical_score",
        "review-book",
    ]
    private static let types: Set<String> = ownTypes.union([
        "article", "bill", "book", "broadcast", "chapter", "classic", "collection", "dataset", "document", "entry", "event",
        "figure", "graphic", "hearing", "interview", "legislation", "manuscript", "map", "pamphlet", "patent",
        "performance", "periodical", "post", "regulation", "report", "review", "software", "song", "speech", "standard",
        "thesis", "treaty", "webpage",
    ])

    /// How the objects are laid out; nil where they are no CSL-JSON.
    static func layout(of content: ArraySlice<UInt8>) -> JSONElementSplitter.Layout? {
        guard let open = content.first else { return nil }
        if open == UInt8(ascii: "[") {
            let inner = content.dropFirst().drop(while: ForeignFormat.isSpace)
            return inner.first == UInt8(ascii: "{") && isItem(JSONOutline(inner)) ? .array : nil
        }
        guard open == UInt8(ascii: "{") else { return nil }
        let outline = JSONOutline(content)
        if isItem(outline) { return .sequence }
        guard outline.members.contains(where: { $0.name == "items" }), let inner = firstItem(content) else { return nil }
        return isItem(JSONOutline(inner)) ? .items(["items"]) : nil
    }

    /// The first object of the member `items`.
    private static func firstItem(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let head = content.prefix(2_048)
        let mark = Array("\"items\"".utf8)
        var rest = head
        while let quote = rest.firstIndex(of: mark[0]) {
            rest = rest[quote...]
            if rest.starts(with: mark) {
                let value = content[(quote + mark.count)...].drop { ForeignFormat.isSpace($0) || $0 == UInt8(ascii: ":") }
                guard value.first == UInt8(ascii: "[") else { return nil }
                let object = value.dropFirst().drop(while: ForeignFormat.isSpace)
                return object.first == UInt8(ascii: "{") ? object : nil
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func isItem(_ outline: JSONOutline) -> Bool {
        guard let type = outline.text("type"), types.contains(type) else { return false }
        if ownTypes.contains(type) { return true }
        return outline.members.contains { member in
            switch (member.name, member.shape) {
            case ("issued", .object), ("author", .objects), ("editor", .objects), ("accessed", .object): true
            case ("container-title", _), ("citation-key", _), ("publisher-place", _), ("title-short", _): true
            default: false
            }
        }
    }
}
