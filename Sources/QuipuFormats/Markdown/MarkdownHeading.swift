internal import QuipuNaturalKeys

/// The heading that names a Markdown text.
enum MarkdownHeading {
    /// The text of the first `# heading` of the first level, outside fenced code; bounded like any derived
    /// title.
    static func first(in text: String) -> String? {
        var fence: Substring?
        for line in text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" }) {
            let content = WhiteSpace.trimmed(Substring(line))
            if let open = fence {
                if content.hasPrefix(open) { fence = nil }
                continue
            }
            if content.hasPrefix("```") || content.hasPrefix("~~~") {
                fence = content.prefix(3)
                continue
            }
            guard content.hasPrefix("# "), line.prefix(4).contains("#") else { continue }
            var heading = content.dropFirst(2)
            let bare = heading.reversed().drop { $0 == "#" }
            if bare.first == " " { heading = heading.prefix(bare.count) }
            let title = WhiteSpace.trimmed(heading)
            if !title.isEmpty { return DerivedTitle.bounded(String(title)) }
        }
        return nil
    }
}
