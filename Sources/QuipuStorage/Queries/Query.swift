internal import QuipuCanonicalJSON
internal import QuipuTextFolding

/// A query as somebody typed it, taken apart. No text is an error: what cannot be read is searched as words, and
/// `notes` says so.
///
/// Words and filters that stand side by side must all fit; `OR` binds more loosely than that, `-` and `NOT` more
/// tightly, and parentheses group. `AND` may be written. How each filter is typed stands with `QueryField`.
public struct Query: Sendable, Equatable {
    /// Of a longer text the rest is left out.
    public static let maximumBytes = 8 << 10
    /// Words and filters that count; more than anyone types.
    public static let maximumTerms = 64
    /// Parentheses inside of parentheses.
    public static let maximumDepth = 32

    indirect enum Node: Sendable, Equatable {
        /// At least two.
        case all([Node])
        case any([Node])
        case not(Node)
        case words(Words)
        case filter(Filter)
    }

    struct Words: Sendable, Hashable {
        /// As typed, without quotation marks and without the `*` behind it.
        var text: String
        var isPrefix = false
        var isPhrase = false
    }

    struct Filter: Sendable, Hashable {
        var field: QueryField
        var value: String
    }

    /// Nil where there is no term.
    private(set) var root: Node?
    /// Nothing was typed but white space.
    public let isBlank: Bool
    /// What the reader should know of how it was understood.
    public private(set) var notes: [QueryNote] = []

    public init(_ text: String) {
        let text = text.nfc
        var scanner = QueryScanner(text)
        isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        let tokens = scanner.tokens()
        notes = scanner.notes
        var parser = QueryParser(tokens)
        do throws(QueryParser.Mistake) {
            root = try parser.parse()
        } catch {
            notes.append(.init(.notUnderstood, error.message))
            root = QueryParser.conjunction(of: tokens)
        }
        noteWordsWithoutLetters()
    }

    /// Words of signs alone are in no index, and are left out of the query.
    private mutating func noteWordsWithoutLetters() {
        var folder = WordFolder()
        var found: [String] = []
        for case .words(let words) in terms where folder.words(of: words.text).words.isEmpty {
            let typed = "'\(words.text)\(words.isPrefix ? "*" : "")'"
            if !found.contains(typed) { found.append(typed) }
        }
        guard !found.isEmpty else { return }
        let verb = found.count == 1 ? "has" : "have"
        notes.append(
            .init(
                .notUnderstood,
                "\(found.joined(separator: ", ")) \(verb) no letter or digit to search for, and \(found.count == 1 ? "is" : "are") left out"
            ))
    }

    /// The same with more filters, all of which must fit.
    package mutating func require(_ field: QueryField, _ value: String) {
        let filter = Node.filter(Filter(field: field, value: value))
        switch root {
        case nil: root = filter
        case .all(let nodes)?: root = .all(nodes + [filter])
        case let node?: root = .all([node, filter])
        }
    }

    /// All terms in their order, those under a negation too.
    var terms: [Node] {
        func terms(_ node: Node) -> [Node] {
            switch node {
            case .all(let nodes), .any(let nodes): nodes.flatMap(terms)
            case .not(let node): terms(node)
            case .words, .filter: [node]
            }
        }
        return root.map(terms) ?? []
    }

    /// Whether it has words to search for, not only filters.
    public var hasWords: Bool {
        func hasWords(_ node: Node) -> Bool {
            switch node {
            case .all(let nodes), .any(let nodes): nodes.contains(where: hasWords)
            case .not, .filter: false
            case .words: true
            }
        }
        return root.map(hasWords) ?? false
    }

    /// Whether it asks for deleted records, which are left out otherwise.
    var includesDeleted: Bool {
        terms.contains {
            guard case .filter(let filter) = $0 else { return false }
            return filter.field == .is && QueryState(typed: filter.value) == .deleted
        }
    }
}

/// A note for the reader of a query's results.
public struct QueryNote: Sendable, Equatable {
    public enum Code: String, Sendable {
        /// The query could not be read, and was searched as words.
        case notUnderstood = "not-understood"
        /// A part of the query was left out, because it is too long.
        case cutShort = "cut-short"
        case unknownField = "unknown-field"
        /// A filter that fits no record as things are.
        case neverMatches = "never-matches"
        /// The archive cannot be written now, so that new records may be missing.
        case staleIndex = "stale-index"
    }

    public let code: Code
    public let message: String
    /// Whether the query finds what nobody can have meant: a value is none that its filter takes, filters contradict each
    /// other, a collection is deleted, or a filter that fits no record is negated, so that it excludes none, and one that is
    /// near it would fit some.
    public let isMistake: Bool

    init(_ code: Code, _ message: String, isMistake: Bool = false) {
        self.code = code
        self.message = message
        self.isMistake = isMistake
    }
}
