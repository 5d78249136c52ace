internal import CanonicalJSON
internal import NaturalKeys

/// One Markdown file as an item.
enum MarkdownArticle {
    private static let textKeys: Set<String> = [
        "author", "body", "content", "date", "doi", "id", "tags", "text", "title", "url",
    ]

    /// `bytes` are the file's, a byte order mark apart. `fileTitle` is the title of last resort.
    static func item(
        _ bytes: ArraySlice<UInt8>, place: SourcePlace, fileTitle: String?
    ) throws(Rejection) -> SourceItem {
        _ = try SourceText.decode(bytes)
        guard let matter = FrontMatter(bytes) else {
            return try foreign([], bytes, place: place, fileTitle: fileTitle)
        }
        let isMarked = hasMarker(matter.yaml)
        if isMarked, let members = LosslessFrontMatter.members(matter.yaml), LosslessRecord.isOurs(members) {
            return try ours(members, matter.text, place: place)
        }
        let value = try yaml(matter.yaml, isMarked: isMarked)
        guard value.isNull || value.members != nil else { throw Rejection("its front matter is no mapping") }
        let members = value.members ?? []
        try FieldSet.requireShortNames(members)
        if isMarked, LosslessRecord.isOurs(members) { return try ours(members, matter.text, place: place) }
        return try foreign(members, matter.text, place: place, fileTitle: fileTitle)
    }

    private static func yaml(_ yaml: ArraySlice<UInt8>, isMarked: Bool) throws(Rejection) -> JSONValue {
        guard yaml.count <= SourceLimits.maximumYAMLBytes else {
            throw Rejection("its front matter is longer than \(SourceLimits.maximumYAMLBytes) bytes")
        }
        do throws(Rejection) {
            return isMarked
                ? try YAMLDocument.parse(yaml, numbers: .nearest)
                : try YAMLDocument.parse(yaml, textKeys: textKeys)
        } catch {
            // The line of the marker is before the YAML's first.
            throw Rejection(error.reason, lineOffset: error.lineOffset + 1)
        }
    }

    /// Whether a line at the margin is `quipu: …`.
    private static func hasMarker(_ yaml: ArraySlice<UInt8>) -> Bool {
        var start = yaml.startIndex
        while let line = FrontMatter.line(yaml, from: start) {
            if yaml[line.content].starts(with: "quipu:".utf8) { return true }
            start = line.next
        }
        return false
    }

    private static func ours(
        _ members: [JSONMember], _ text: ArraySlice<UInt8>, place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        let marker = members.first { $0.name == "body" }
        guard marker == nil || marker?.value.string == LosslessFrontMatter.bodyBelow else {
            throw Rejection("`body` in the front matter of an exported record can only be `below`")
        }
        var body: String?
        // Text that someone wrote under a record without a body is its body.
        if marker != nil || !text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
            body = String(decoding: text.last == 0x0A ? text.dropLast() : text, as: UTF8.self)
        }
        return try LosslessRecord.item(from: members.filter { $0.name != "body" }, text: body, place: place)
    }

    private static func foreign(
        _ members: [JSONMember], _ text: ArraySlice<UInt8>, place: SourcePlace, fileTitle: String?
    ) throws(Rejection) -> SourceItem {
        let body = trimmed(String(decoding: text, as: UTF8.self))
        if body == nil, members.isEmpty { throw Rejection("the file holds no text") }
        return try ArticleMapping.item(from: members, text: body, place: place) {
            body.flatMap(MarkdownHeading.first) ?? fileTitle
        }
    }

    /// Without the blank lines before it and the white space after it; the first line's indentation, which
    /// means something in Markdown, stays. nil when nothing is left.
    private static func trimmed(_ text: String) -> String? {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !WhiteSpace.contains($0) }),
            let last = scalars.lastIndex(where: { !WhiteSpace.contains($0) })
        else { return nil }
        let lineStart = scalars[..<first].lastIndex { $0 == "\n" || $0 == "\r" }.map(scalars.index(after:))
        return String(scalars[(lineStart ?? scalars.startIndex)...last])
    }
}
