/// Text whose lines are where a producer broke them: a blank line parts paragraphs, other lines are joined.
enum Paragraphs {
    static func joined(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split(whereSeparator: { $0.allSatisfy(\.isWhitespace) })
            .map { NameParts.collapsed($0.joined(separator: " ")) }.joined(separator: "\n\n")
    }
}
