internal import QuipuStorage

/// A word of a query.
package enum QueryWord {
    /// Whether a word has the form of a web address or a DOI, which name records as ids do.
    package static func isWebName(_ word: String) -> Bool { QuerySearch.isWebName(word) }

    /// Whether a word has the form of a filter, `FIELD:VALUE`.
    package static func isFilter(_ word: String) -> Bool {
        guard let colon = word.firstIndex(of: ":"), word.index(after: colon) < word.endIndex else {
            return false
        }
        let field = word[..<colon]
        return QueryField(typed: String(field.first == "-" ? field.dropFirst() : field)) != nil
    }
}
