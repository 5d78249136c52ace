internal import QuipuNaturalKeys

/// Titles and names that a source breaks into lines.
enum SingleLine {
    /// Without white space around it, each run of it inside one space; nil where nothing is left.
    static func of(_ text: String) -> String? {
        let words = text.unicodeScalars.split(whereSeparator: WhiteSpace.contains)
        return words.isEmpty
            ? nil : words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }
}
