internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite
internal import QuipuTextFolding

/// Finds the rows that fit a query, each part from an index: what it costs follows from what the parts find.
struct QueryEvaluation: ArchivePart {
    let archive: OpenArchive
    var folder = WordFolder()
    private(set) var notes: [QueryNote] = []
    /// Saved searches that are being looked into, so that one that leads to itself ends.
    var path: [RecordID] = []
    /// Results of saved searches; each is evaluated once, however many lead to it.
    var saved: [RecordID: MatchingRows] = [:]
    /// What is evaluated now stands under a negation.
    var isNegated = false
    /// Deleted records are asked for.
    private(set) var includesDeleted = false
    /// Of deleted records, which are in no index of words: those that have each of the words.
    private var deletedWith: [Query.Words: MatchingRows] = [:]

    init(archive: OpenArchive) { self.archive = archive }

    mutating func note(_ code: QueryNote.Code, _ message: String, isMistake: Bool = false) {
        let note = QueryNote(code, message, isMistake: isMistake)
        if !notes.contains(note) { notes.append(note) }
    }

    /// The rows that fit, deleted records left out unless the query asks for them.
    mutating func rows(of query: Query) throws -> MatchingRows {
        guard let root = query.root else { return query.isBlank ? try present() : .none }
        if let only = try rowsOfName(root) ?? deletedRowsOfName(root) { return only }
        includesDeleted = try asksForDeleted(query)
        if includesDeleted { try readDeleted(for: query) }
        // Words without a letter say nothing.
        let found = try rows(of: root) ?? .none
        return try found.intersection(includesDeleted ? hidden().complement : present())
    }

    /// All but deleted records, and those that are shown under others.
    func present() throws -> MatchingRows { try deleted().union(hidden()).complement }

    func deleted() throws -> MatchingRows {
        try collected("SELECT row FROM record INDEXED BY record_deleted WHERE state & 2")
    }

    func collected(_ sql: StaticString, _ arguments: Argument...) throws -> MatchingRows {
        try collected(in: database, sql, arguments)
    }

    func collected(in database: Connection, _ sql: StaticString, _ arguments: [Argument]) throws
        -> MatchingRows
    {
        var found = MatchingRows()
        var rows = try database.rows(sql, arguments)
        while try rows.next() { found.insert(rows.integer(0)) }
        return found
    }

    /// Nil for what has no letter to search for.
    mutating func rows(of node: Query.Node) throws -> MatchingRows? {
        switch node {
        case .words(let words): return try rows(of: [words], node)
        case .filter(let filter): return try rows(of: filter)
        case .not(let node):
            let outside = isNegated
            isNegated = true
            defer { isNegated = outside }
            return try rows(of: node)?.complement
        case .any(let nodes):
            if let expression = try wordsAlone(node) { return try rows(matching: expression, node) }
            var found: MatchingRows?
            for node in nodes {
                guard let rows = try rows(of: node) else { continue }
                found = found?.union(rows) ?? rows
            }
            return found
        case .all(let nodes):
            noteContradictions(among: nodes)
            // The index of words intersects its own lists without telling them.
            let (plain, rest) = (nodes.filter(Self.isOfWords), nodes.filter { !Self.isOfWords($0) })
            var found: MatchingRows?
            if plain.count > 1 {
                let group = Query.Node.all(plain)
                if let expression = try wordsAlone(group) { found = try rows(matching: expression, group) }
            } else if let only = plain.first {
                found = try rows(of: only)
            }
            for node in rest {
                guard let rows = try rows(of: node) else { continue }
                found = found?.intersection(rows) ?? rows
            }
            return found
        }
    }

    // MARK: words

    /// Whether it is of words that must be there.
    static func isOfWords(_ node: Query.Node) -> Bool {
        switch node {
        case .words: true
        case .filter, .not: false
        case .all(let nodes), .any(let nodes): nodes.allSatisfy(isOfWords)
        }
    }

    private mutating func wordsAlone(_ node: Query.Node) throws -> String? {
        Self.isOfWords(node) ? WordExpression(node, &folder)?.text : nil
    }

    private mutating func rows(of words: [Query.Words], _ node: Query.Node) throws -> MatchingRows? {
        guard let expression = WordExpression(node, &folder) else { return nil }
        return try rows(matching: expression.text, node)
    }

    private mutating func rows(matching expression: String, _ node: Query.Node) throws -> MatchingRows {
        let found = try collected(
            """
            SELECT searchable.record
            FROM search
            CROSS JOIN searchable ON searchable.document = search.rowid
            WHERE search MATCH ?
            """, .text(expression))
        return try folded(includesDeleted ? found.union(deletedRows(of: node)) : found)
    }

    private func deletedRows(of node: Query.Node) -> MatchingRows {
        switch node {
        case .words(let words): deletedWith[words] ?? .none
        case .all(let nodes): nodes.reduce(.all) { $0.intersection(deletedRows(of: $1)) }
        case .any(let nodes): nodes.reduce(.none) { $0.union(deletedRows(of: $1)) }
        case .not, .filter: .none
        }
    }

    /// Deleted records are in no index of words, lest what was in them outlast them there. They are read.
    private mutating func readDeleted(for query: Query) throws {
        var wanted: [(words: Query.Words, query: SearchQuery)] = []
        for case .words(let words) in query.terms where !wanted.contains(where: { $0.words == words }) {
            let query = SearchQuery(words, &folder)
            // What says nothing excludes nothing.
            if query.terms.isEmpty { deletedWith[words] = .all } else { wanted.append((words, query)) }
        }
        if wanted.isEmpty { return }
        for row in try deleted().rows {
            let texts = SearchableText(of: try recordStates.record(row: row)).parts.map {
                folder.words(of: $0.text)
            }
            for (words, query) in wanted where texts.contains(where: { !query.matches(in: $0).isEmpty }) {
                deletedWith[words, default: .none].insert(row)
            }
        }
    }
}

/// Words as the index takes them.
struct WordExpression {
    let text: String

    /// Nil where no letter is left to search for.
    init?(_ node: Query.Node, _ folder: inout WordFolder) {
        switch node {
        case .words(let words):
            guard let term = SearchQuery(words, &folder).terms.first else { return nil }
            text = term.expression
        case .all(let nodes):
            let parts = nodes.compactMap { WordExpression($0, &folder)?.text }
            if parts.isEmpty { return nil }
            text = parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " AND ")))"
        case .any(let nodes):
            let parts = nodes.compactMap { WordExpression($0, &folder)?.text }
            if parts.isEmpty { return nil }
            text = parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " OR ")))"
        case .not, .filter: return nil
        }
    }
}
