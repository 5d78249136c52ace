/// Splits a line that somebody wrote down into the words of a command line.
enum CommandWords {
    /// As shells do it: spaces separate, quotation marks of both forms hold together, a backslash makes the next
    /// character a plain one (in double quotation marks only before `"` and `\`). Nothing else has a meaning.
    ///
    /// - Returns: nil where a quotation mark is not closed.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word = ""
        var isInWord = false
        var mark: Character?
        var characters = Array(line)[...]
        while let character = characters.popFirst() {
            switch (character, mark) {
            case ("'", "'"), ("\"", "\""): mark = nil
            case ("'", nil), ("\"", nil): (mark, isInWord) = (character, true)
            case ("\\", nil):
                guard let next = characters.popFirst() else { return nil }
                word.append(next)
                isInWord = true
            case ("\\", "\"") where characters.first == "\"" || characters.first == "\\":
                if let next = characters.popFirst() { word.append(next) }
            case (" ", nil), ("\t", nil), ("\n", nil):
                if isInWord { words.append(word) }
                (word, isInWord) = ("", false)
            default:
                word.append(character)
                isInWord = true
            }
        }
        if mark != nil { return nil }
        return isInWord ? words + [word] : words
    }
}
