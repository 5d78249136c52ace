internal import CanonicalJSON
internal import Causality
internal import SQLite

/// A record that a search found, with the passage that matched.
public struct SearchHit: Sendable {
    public var record: Record
    /// Text around the match, `[` and `]` around the words that matched.
    public var snippet: String
}

extension Store {
    /// Records that contain all the words of a query, best first. Letters match with and without diacritics;
    /// `"several words"` match in that order, and a word that ends in `*` matches what begins with it. No query
    /// is an error.
    ///
    /// - Parameter isIndexFresh: set to false when newer records could not be added to the index, because the
    ///   archive cannot be written just now.
    public func search(_ query: String, limit: Int = 50, isIndexFresh: inout Bool) throws -> [SearchHit] {
        do {
            try bringSearchUpToDate()
        } catch let error as StorageError where error.code == .busy || error.code == .readOnly {
            isIndexFresh = false
        }
        let expression = SearchQuery.expression(for: query)
        if expression.isEmpty { return [] }
        var rowNumbers: [Int64] = []
        do {
            var rows = try database.rows(
                """
                SELECT record.row
                FROM search
                JOIN searchable ON searchable.document = search.rowid
                JOIN record ON record.row = searchable.record
                WHERE search MATCH ? AND NOT record.state & 2
                ORDER BY bm25(search, 4.0, 1.0), record.row
                LIMIT ?
                """, .text(expression), .integer(limit))
            while try rows.next() { rowNumbers.append(rows.integer(0)) }
        }
        let snippets = try self.snippets(expression, of: rowNumbers)
        return try rowNumbers.map { SearchHit(record: try view(row: $0), snippet: snippets[$0] ?? "") }
    }

    /// The index keeps no text, so the few records found are indexed once more, with theirs, to cut snippets.
    private func snippets(_ expression: String, of rowNumbers: [Int64]) throws -> [Int64: String] {
        let scratch = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try scratch.execute(
            "CREATE VIRTUAL TABLE hit USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2')")
        for row in rowNumbers {
            let text = SearchableText(of: try record(row: row))
            try scratch.run(
                "INSERT INTO hit (rowid, title, body) VALUES (?, ?, ?)", .integer(row), .text(text.title),
                .text(text.body))
        }
        var found: [Int64: String] = [:]
        var rows = try scratch.rows(
            "SELECT rowid, snippet(hit, -1, '[', ']', '…', 16) FROM hit WHERE hit MATCH ?", .text(expression))
        while try rows.next() { found[rows.integer(0)] = rows.text(1) }
        return found
    }

    /// Adds to the index what changed since it was last brought up to date.
    public func bringSearchUpToDate() throws {
        while try database.integer("SELECT searchable_position FROM archive") ?? 0 < position {
            try writing { try $0.index(upTo: 500) }
        }
    }
}

extension Writer {
    /// Indexes the records that the next transactions of the log changed.
    /// - Parameter count: transactions in one commit.
    fileprivate func index(upTo count: Int) throws {
        let first = try database.integer("SELECT searchable_position FROM archive") ?? 0
        let last = min(first + Int64(count), position)
        var touched: Set<Int64> = []
        if first < last {
            for position in first + 1...last {
                touched.formUnion(try store.body(at: position).records.map(\.row))
            }
        }
        for row in touched.sorted() { try index(try store.record(row: row)) }
        try database.run("UPDATE archive SET searchable_position = ?", .integer(last))
    }

    private func index(_ record: RecordState) throws {
        let text = SearchableText(of: record)
        // A deleted record is not found, and its words are not kept where compaction could not reach them.
        if record.flags.contains(.isDeleted) || text.title.isEmpty && text.body.isEmpty {
            // Its old document, if any, is nobody's from now on.
            try database.run("DELETE FROM searchable WHERE record = ?", .integer(record.row))
            return
        }
        try database.run(
            "INSERT INTO search (title, body) VALUES (?, ?)", .text(text.title), .text(text.body))
        try database.run(
            """
            INSERT INTO searchable (record, document) VALUES (?, ?)
            ON CONFLICT (record) DO UPDATE SET document = excluded.document
            """, .integer(record.row), .integer(database.lastInsertedRow))
    }

    /// For a record that changes without a transaction of its own: indexes it again, if the index has come as far
    /// as the record at all.
    func indexAnew(_ record: RecordState) throws {
        let reached = try database.integer("SELECT searchable_position FROM archive") ?? 0
        if record.base <= reached { try index(record) }
    }
}

/// What of a record is searched: titles and names weigh more than the rest.
struct SearchableText {
    var title: String
    var body: String

    private static let titleFields = ["title", "name"]
    private static let bodyFields = ["body", "text", "abstract", "description", "author", "publisher"]

    init(of record: RecordState) {
        func string(_ field: String) -> String? { record.fields[field].flatMap { decodeString($0) } }
        title = Self.titleFields.compactMap(string).joined(separator: "\n")
        var parts = Self.bodyFields.compactMap(string)
        if let quote = record.fields["quote"], let value = try? JSONParser().parse(quote),
            let exact = value["exact"]?.string
        {
            parts.append(exact)
        }
        for member in record.fields.members
        where member.name.hasPrefix("tags/") && member.json == Array("true".utf8) {
            parts.append(String(member.name.dropFirst("tags/".count)))
        }
        body = parts.joined(separator: "\n")
    }
}

/// A person's query as an FTS5 expression in which nothing of theirs is syntax: every word is quoted.
enum SearchQuery {
    /// More words than anyone types.
    static let maximumTerms = 64

    static func expression(for query: String) -> String {
        // By code points, as FTS5 reads it: a quotation mark with an accent on it is one character, and still ends a
        // quotation there.
        var terms: [String] = []
        let parts = query.unicodeScalars.split(separator: "\"", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index.isMultiple(of: 2) {
                for word in part.split(whereSeparator: { $0.properties.isWhitespace || $0 == "\0" }) {
                    guard word.contains(where: isSearched) else { continue }
                    terms.append(word.last == "*" ? quoted(word.dropLast()) + " *" : quoted(word))
                }
            } else if part.contains(where: isSearched) {
                terms.append(quoted(part.filter { $0 != "\0" }))
            }
        }
        return terms.prefix(maximumTerms).joined(separator: " AND ")
    }

    private static func quoted(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return "\"\(String(text))\""
    }

    private static func isSearched(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
