internal import QuipuNaturalKeys

/// Who wrote it, where a page says so in its text.
enum Byline {
    private static let maximumLength = 100

    /// What a part says that is marked as naming authors; nil for another.
    static func text(of element: MarkupElement, _ names: [UInt8]) -> String? {
        let isMarked =
            element.attribute("rel") == "author"
            || element.attribute("itemprop")?.contains("author") == true || ClassWords.areOfAuthors(names)
        guard isMarked else { return nil }
        let text = PageText.line(element.text)
        guard !text.isEmpty, text.unicodeScalars.count < maximumLength else { return nil }
        let name = element.descendants.first { $0.attribute("itemprop")?.contains("name") == true }
        let line = name.map { PageText.line($0.text) } ?? text
        return line.isEmpty ? text : line
    }

    /// Without the word that it begins with.
    static func name(_ byline: String) -> String {
        let line = PageText.line(byline)
        for word in ["by ", "von ", "por ", "par ", "di ", "door "] {
            let start = line.utf8.prefix(word.utf8.count)
            guard start.map(ASCII.lowercased).elementsEqual(word.utf8), line.utf8.count > word.utf8.count
            else {
                continue
            }
            return WhiteSpace.trimmed(String(line.utf8.dropFirst(word.utf8.count)) ?? line)
        }
        return line
    }
}
