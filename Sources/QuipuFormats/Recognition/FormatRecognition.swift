/// Tells formats apart by the beginning of their content. Names and extensions do not count: exports of other
/// programs are called anything.
enum FormatRecognition {
    enum Layout: Equatable {
        case text
        case jsonLines
        case jsonArray
        /// JSON objects that take several lines each.
        case jsonObjects
        /// The array at the end of this path of names in one object.
        case jsonItems([String])
        case markdown
    }

    /// `start` is the beginning of a text, a byte order mark apart.
    static func layout(of start: ArraySlice<UInt8>) -> Layout {
        let content = start.drop(while: isSpace)
        if isArray(content) { return .jsonArray }
        if startsObject(content) { return layout(ofObject: content) }
        if FrontMatter(start) != nil || FrontMatter.hasRules(start) || isHeading(content) { return .markdown }
        // A list of objects whose first line is broken is still one.
        let lines = start.split(separator: 0x0A).filter { !$0.allSatisfy(isSpace) }
        let objects = lines.count { startsObject($0.drop(while: isSpace)) }
        return objects * 2 >= lines.count && objects > 0 ? .jsonLines : .text
    }

    /// The layouts that a format named by the user can have.
    static func layout(of start: ArraySlice<UInt8>, as format: SourceFormat) -> Layout {
        switch format {
        case .text: return .text
        case .markdown: return .markdown
        case .jsonl:
            let content = start.drop(while: isSpace)
            if content.first == UInt8(ascii: "[") { return .jsonArray }
            guard startsObject(content) else { return .jsonLines }
            let layout = layout(ofObject: content)
            return layout == .markdown ? .jsonObjects : layout
        // Formats of other programs have readers of their own.
        default: return .text
        }
    }

    private static func layout(ofObject content: ArraySlice<UInt8>) -> Layout {
        let outline = JSONOutline(content)
        if let path = outline.pathToItems { return .jsonItems(path) }
        guard isLaidOut(content) else { return .jsonLines }
        // Behind an object over several lines comes another one, or the text that it is the front matter of.
        if let end = outline.end {
            let rest = content[end...].drop(while: isSpace)
            let isAlone = content[end...].prefix { $0 != 0x0A }.allSatisfy(isSpace)
            if let first = rest.first, isAlone, !"{[,".utf8.contains(first) { return .markdown }
        }
        return .jsonObjects
    }

    private static func isSpace(_ byte: UInt8) -> Bool { ForeignFormat.isSpace(byte) }

    private static func isFirst(_ bytes: ArraySlice<UInt8>, oneOf choices: String) -> Bool {
        bytes.first { !isSpace($0) }.map { choices.utf8.contains($0) } ?? false
    }

    /// An array of objects; also one whose first element is null, or that is empty.
    private static func isArray(_ content: ArraySlice<UInt8>) -> Bool {
        guard content.first == UInt8(ascii: "[") else { return false }
        let inner = content.dropFirst().drop(while: isSpace)
        return isFirst(inner, oneOf: "{]") || inner.starts(with: "null".utf8)
    }

    private static func startsObject(_ content: ArraySlice<UInt8>) -> Bool {
        content.first == UInt8(ascii: "{") && isFirst(content.dropFirst(), oneOf: "\"}")
    }

    /// Whether the object goes on after its first line, as printed for people: the line ends after `{` or a
    /// comma, and the next opens with a name.
    private static func isLaidOut(_ content: ArraySlice<UInt8>) -> Bool {
        guard let end = content.firstIndex(of: 0x0A),
            let last = content[..<end].last(where: { !isSpace($0) }),
            "{[,".utf8.contains(last)
        else { return false }
        return isFirst(content[end...], oneOf: "\"}")
    }

    /// `# Heading`, as Markdown without front matter begins.
    private static func isHeading(_ content: ArraySlice<UInt8>) -> Bool {
        let marks = content.prefix { $0 == UInt8(ascii: "#") }
        return (1...6).contains(marks.count) && content.dropFirst(marks.count).first == 0x20
    }
}
