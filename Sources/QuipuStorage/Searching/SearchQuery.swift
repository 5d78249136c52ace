internal import QuipuCanonicalJSON
internal import QuipuTextFolding

/// A person's query. Nothing of theirs is syntax of FTS5: what it gets are folded words between quotation marks.
struct SearchQuery {
    /// Folded words that follow each other.
    struct Term: Equatable {
        var words: [[UInt8]]
        /// Whether the last word may go on.
        var isPrefix: Bool
    }

    /// All must be found.
    let terms: [Term]

    init(_ text: String, _ folder: inout WordFolder) {
        // By code points: a quotation mark with an accent on it is one character, and still ends a quotation.
        var terms: [Term] = []
        func add(_ scalars: some Sequence<Unicode.Scalar>, isPrefix: Bool) {
            guard terms.count < Search.maximumWords else { return }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let term = Term(folder.words(of: String(text)), isPrefix: isPrefix)
            if !term.words.isEmpty, !terms.contains(term) { terms.append(term) }
        }
        let parts = text.nfc.unicodeScalars.split(separator: "\"", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index.isMultiple(of: 2) {
                for word in part.split(whereSeparator: { $0.properties.isWhitespace || $0 == "\0" }) {
                    let isPrefix = word.last == "*"
                    add(isPrefix ? word.dropLast() : word, isPrefix: isPrefix)
                }
            } else {
                add(part, isPrefix: false)
            }
        }
        self.terms = terms
    }

    /// - Parameter ranks: the columns to look into.
    func expression(in ranks: [SearchableText.Rank]) -> String {
        let columns = ranks.map { "\($0)" }.joined(separator: " ")
        let terms = terms.map { term in
            let words = term.words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            return "\"\(words)\"" + (term.isPrefix ? " *" : "")
        }
        return "{\(columns)} : (\(terms.joined(separator: " AND ")))"
    }

    /// Where each term stands in a text: bytes of its UTF-8.
    func matches(in text: FoldedText) -> [(term: Int, source: Range<Int>)] {
        var found: [(term: Int, source: Range<Int>)] = []
        for start in text.words.indices {
            for (number, term) in terms.enumerated() {
                if let source = term.match(text, from: start) { found.append((number, source)) }
            }
        }
        return found
    }
}

extension SearchQuery.Term {
    /// More than a passage that anybody quotes to find it.
    private static let maximumWords = 256

    init(_ text: FoldedText, isPrefix: Bool) {
        words = []
        self.isPrefix = isPrefix
        let all = text.words.prefix(Self.maximumWords)
        for (index, word) in all.enumerated() {
            if word.part == .runEnd, index == all.count - 1 {
                // The run may go on in the text. A letter alone begins a pair there, or ends a run.
                if index > 0, all[index - 1].part == .pair { continue }
                self.isPrefix = true
            }
            words.append(Array(text[word]))
        }
    }

    fileprivate func match(_ text: FoldedText, from start: Int) -> Range<Int>? {
        guard start + words.count <= text.words.count else { return nil }
        for (offset, wanted) in words.enumerated() {
            let word = text[text.words[start + offset]]
            let mayGoOn = isPrefix && offset == words.count - 1
            guard mayGoOn ? word.starts(with: wanted) : word.elementsEqual(wanted) else { return nil }
        }
        let last = text.words[start + words.count - 1]
        // One letter of a pair was asked for.
        let isHalf = last.part == .pair && isPrefix && words[words.count - 1].count < last.bytes.count
        return text.words[start].source.lowerBound..<(isHalf ? last.firstEnd : last.source.upperBound)
    }
}
