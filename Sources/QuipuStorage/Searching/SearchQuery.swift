internal import QuipuCanonicalJSON
internal import QuipuTextFolding

/// The words of a query. Nothing of a person's is syntax of FTS5: what it gets are folded words between quotation marks.
struct SearchQuery {
    /// Folded words that follow each other.
    struct Term: Equatable {
        var words: [[UInt8]]
        /// Whether the last word may go on.
        var isPrefix: Bool
    }

    let terms: [Term]

    /// - Parameter words: as the query has them.
    init(_ words: Query.Words, _ folder: inout WordFolder) { self.init([words], &folder) }

    init(_ words: [Query.Words], _ folder: inout WordFolder) {
        var terms: [Term] = []
        for part in words {
            let term = Term(folder.words(of: part.text), isPrefix: part.isPrefix)
            if !term.words.isEmpty, !terms.contains(term) { terms.append(term) }
        }
        self.terms = terms
    }

    /// Those of a query that make it find a record, whose places in it are shown.
    init(sought query: Query, _ folder: inout WordFolder) {
        func words(_ node: Query.Node) -> [Query.Words] {
            switch node {
            case .words(let words): [words]
            case .all(let nodes), .any(let nodes): nodes.flatMap(words)
            case .not: []
            case .filter(let filter):
                // What a filter of these fields finds stands in the text as well.
                filter.field == .title || filter.field == .author ? [QueryEvaluation.words(of: filter)] : []
            }
        }
        self.init(query.root.map(words) ?? [], &folder)
    }

    /// The positions of each term in a text, in bytes of its UTF-8.
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
    var expression: String {
        let words = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        return "\"\(words)\"" + (isPrefix ? " *" : "")
    }

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
