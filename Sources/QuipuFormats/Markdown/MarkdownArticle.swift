internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// One Markdown file as an item.
struct MarkdownArticle {
    let item: SourceItem
    /// What follows it: the annotations and notes of its section, and what could not be understood.
    let following: [SourceEvent]

    /// `bytes` are the file's, a byte order mark apart. `fileTitle` is the title of last resort.
    init(_ bytes: ArraySlice<UInt8>, place: SourcePlace, fileTitle: String?) throws(Rejection) {
        _ = try SourceText.decode(bytes)
        guard let matter = FrontMatter(bytes) else {
            item = try Self.foreign([], bytes, place: place, fileTitle: fileTitle)
            following = []
            return
        }
        if matter.syntax == .yaml, let ours = try Self.ours(matter, of: bytes, place: place) {
            (item, following) = ours
            return
        }
        guard matter.matter.count <= SourceLimits.maximumYAMLBytes else {
            throw Rejection("its front matter is longer than \(SourceLimits.maximumYAMLBytes) bytes")
        }
        let (found, lost) = Self.members(of: matter)
        var members = found
        try FieldSet.requireShortNames(members)
        following = Self.remarks(on: lost, in: matter, place: place)
        if !lost.isEmpty {
            // Lost to the fields, not to the archive.
            let lines = lost.map(\.text).joined(separator: "\n")
            members.append(JSONMember(name: "front-matter", value: .string(lines)))
        }
        item = try Self.foreign(members, matter.text, place: place, fileTitle: fileTitle)
    }

    private static func members(of matter: FrontMatter) -> ([JSONMember], lost: [LostLine]) {
        switch matter.syntax {
        case .json:
            let json = JSONFrontMatter(matter.matter)
            return (json.members, json.lost)
        case .toml:
            let toml = TOMLFrontMatter(matter.matter)
            return (toml.members, toml.lost)
        case .yaml:
            let value = try? YAMLDocument.parse(matter.matter, isTextKey: FieldNames.isKnown)
            if let value, value.isNull || value.members != nil { return (value.members ?? [], []) }
            let loose = LooseFrontMatter(matter.matter)
            return (loose.members, loose.lost)
        }
    }

    private static let maximumRemarks = 20

    private static func remarks(
        on lost: [LostLine], in matter: FrontMatter, place: SourcePlace
    ) -> [SourceEvent] {
        lost.prefix(maximumRemarks).map { line in
            let shown = String(line.text.unicodeScalars.prefix(60))
            let place = SourcePlace(
                file: place.file, line: place.line + matter.linesBefore + line.number,
                byteOffset: place.byteOffset)
            return .remark(place, "this line of the front matter says nothing that was understood: \(shown)")
        }
    }

    /// A record of our own export; nil for anybody else's.
    private static func ours(
        _ matter: FrontMatter, of bytes: ArraySlice<UInt8>, place: SourcePlace
    ) throws(Rejection) -> (SourceItem, following: [SourceEvent])? {
        guard hasMarker(matter.matter) else { return nil }
        if let members = LosslessFrontMatter.members(matter.matter), LosslessRecord.isOurs(members) {
            return try ours(members, matter.text, of: bytes, place: place)
        }
        guard matter.matter.count <= SourceLimits.maximumYAMLBytes else { return nil }
        let value: JSONValue
        do throws(Rejection) {
            value = try YAMLDocument.parse(matter.matter, numbers: .nearest)
        } catch {
            // What says that it is ours loses nothing in silence. The line of the marker is before the YAML's first.
            throw Rejection(error.reason, lineOffset: error.lineOffset + 1)
        }
        guard let members = value.members else { return nil }
        try FieldSet.requireShortNames(members)
        return LosslessRecord.isOurs(members) ? try ours(members, matter.text, of: bytes, place: place) : nil
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
        _ members: [JSONMember], _ text: ArraySlice<UInt8>, of bytes: ArraySlice<UInt8>, place: SourcePlace
    ) throws(Rejection) -> (SourceItem, following: [SourceEvent]) {
        var text = text
        var following: [SourceEvent] = []
        if let number = members.first(where: { $0.name == "annotations" })?.value {
            guard let number = number.integer, number > 0 else {
                throw Rejection("`annotations` in the front matter of an exported record is a number from 1")
            }
            let above = bytes[..<text.startIndex]
            let start = SourcePlace(
                file: place.file, line: place.line + above.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 },
                byteOffset: place.byteOffset + above.count)
            let section = PartSection(number: number).read(text, from: start)
            if let section {
                (text, following) = section
            } else {
                following = [
                    .remark(
                        place, "its section of annotations is missing; those of the archive stay as they are")
                ]
            }
        }

        let marker = members.first { $0.name == "body" }
        guard marker == nil || marker?.value.string == LosslessFrontMatter.bodyBelow else {
            throw Rejection("`body` in the front matter of an exported record can only be `below`")
        }
        var body: String?
        // Text that someone wrote under a record without a body is its body.
        if marker != nil || !text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
            body = String(decoding: text.last == 0x0A ? text.dropLast() : text, as: UTF8.self)
        }
        let item = try LosslessRecord.item(
            from: members.filter { $0.name != "body" && $0.name != "annotations" }, text: body, place: place)
        return (item, following)
    }

    private static func foreign(
        _ members: [JSONMember], _ text: ArraySlice<UInt8>, place: SourcePlace, fileTitle: String?
    ) throws(Rejection) -> SourceItem {
        let body = trimmed(String(decoding: text, as: UTF8.self))
        if body == nil, members.isEmpty { throw Rejection("the file holds no text") }
        return try ArticleMapping.item(from: members.map(withNamesInOrder), text: body, place: place) {
            body.flatMap(MarkdownHeading.first) ?? fileTitle
        }
    }

    /// `Roe, John`, as reference managers write it, is John Roe.
    private static func withNamesInOrder(_ member: JSONMember) -> JSONMember {
        guard ColumnMap.isAuthor(member.name) else { return member }
        switch member.value {
        case .string(let name): return JSONMember(name: member.name, value: .string(NameOrder.inOrder(name)))
        case .array(let names):
            let ordered = names.map { name in name.string.map { .string(NameOrder.inOrder($0)) } ?? name }
            return JSONMember(name: member.name, value: .array(ordered))
        default: return member
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
