internal import QuipuCausality
internal import QuipuSQLite
internal import QuipuTextFolding

/// In which order records are listed.
public struct RecordOrder: Sendable, Hashable {
    public enum Key: String, Sendable, CaseIterable {
        /// The best first; what has no words is listed as by `added`.
        case relevance
        /// By arrival at this mirror, the latest first.
        case added
        /// The field `date`, the latest first; records without one last.
        case date
        /// By the title in a listing, from A to Z.
        case title
        /// By the last change, the latest first.
        case changed
    }

    public var key: Key
    public var isReversed: Bool

    public init(_ key: Key, isReversed: Bool = false) {
        self.key = key
        self.isReversed = isReversed
    }
}

/// The first rows of a set in an order.
struct QueryRanking: ArchivePart {
    let archive: OpenArchive
    /// Those that fit, none behind the last record.
    let found: MatchingRows
    let last: Int64
    /// Each number up to the last is a record's.
    let isDense: Bool

    /// Where not many more are in the set, each is looked up; else the whole order is read from its beginning.
    private static let fewRows = 4_096

    /// - Parameter count: how many are wanted.
    func rows(_ order: RecordOrder, of query: Query, count: Int) throws -> [Int64] {
        switch order.key {
        case .added: return try added(count, latestFirst: !order.isReversed)
        case .relevance:
            // The worst of all is known only once all are ranked, which is for nobody.
            return try relevant(query, count)
        case .date:
            return try sorted(
                count, descending: !order.isReversed,
                key: "SELECT moment FROM card WHERE record = ?",
                ascending: """
                    SELECT record FROM card INDEXED BY card_by_moment WHERE moment IS NOT NULL ORDER BY moment, record
                    """,
                descending: """
                    SELECT record FROM card INDEXED BY card_by_moment WHERE moment IS NOT NULL
                    ORDER BY moment DESC, record DESC
                    """)
        case .title:
            return try sorted(
                count, descending: order.isReversed, key: "SELECT caption FROM card WHERE record = ?",
                ascending:
                    "SELECT record FROM card INDEXED BY card_by_caption WHERE caption > '' ORDER BY caption, record",
                descending: """
                    SELECT record FROM card INDEXED BY card_by_caption WHERE caption > ''
                    ORDER BY caption DESC, record DESC
                    """)
        case .changed:
            return try sorted(
                count, descending: !order.isReversed, key: "SELECT changed FROM card WHERE record = ?",
                ascending: "SELECT record FROM card INDEXED BY card_by_changed ORDER BY changed, record",
                descending: """
                    SELECT record FROM card INDEXED BY card_by_changed ORDER BY changed DESC, record DESC
                    """)
        }
    }

    // MARK: by their rows

    private func added(
        _ count: Int, latestFirst: Bool, but known: Set<Int64> = []
    ) throws -> [Int64] {
        var rows: [Int64] = []
        if !found.isComplement {
            let all = found.rows
            for row in latestFirst ? all.reversed() : all where !known.contains(row) {
                if rows.count == count { break }
                rows.append(row)
            }
            return rows
        }
        var row = latestFirst ? last : 1
        while row >= 1, row <= last, rows.count < count {
            if found.contains(row), !known.contains(row), try exists(row) { rows.append(row) }
            row += latestFirst ? -1 : 1
        }
        return rows
    }

    private func exists(_ row: Int64) throws -> Bool {
        try isDense || database.integer("SELECT 1 FROM record WHERE row = ?", .integer(row)) == 1
    }

    // MARK: by what their cards say

    private func sorted(
        _ count: Int, descending isDescending: Bool, key: StaticString, ascending: StaticString,
        descending: StaticString
    ) throws -> [Int64] {
        let cards = try cardIndex.upToDate()
        var rows: [Int64] = []
        if !found.isComplement, found.count(of: 0) <= Self.fewRows {
            rows = try sorted(found.rows, by: key, in: cards, isDescending)
        } else {
            var all = try cards.rows(isDescending ? descending : ascending)
            while rows.count < count, try all.next() {
                if found.contains(all.integer(0)), all.integer(0) <= last { rows.append(all.integer(0)) }
            }
        }
        rows = Array(rows.prefix(count))
        if rows.count < count {
            rows += try added(count - rows.count, latestFirst: true, but: Set(rows))
        }
        return rows
    }

    private func sorted(
        _ rows: [Int64], by key: StaticString, in cards: Connection, _ isDescending: Bool
    ) throws -> [Int64] {
        var numbers: [(key: Int64, row: Int64)] = []
        var texts: [(key: [UInt8], row: Int64)] = []
        for row in rows {
            var card = try cards.rows(key, .integer(row))
            guard try card.next(), !card.isNull(0) else { continue }
            if card.isText(0) {
                let text = card.bytes(0)
                if !text.isEmpty { texts.append((text, row)) }
            } else {
                numbers.append((card.integer(0), row))
            }
        }
        numbers.sort { ($0.key, $0.row) < ($1.key, $1.row) }
        texts.sort { left, right in
            left.key == right.key ? left.row < right.row : left.key.lexicographicallyPrecedes(right.key)
        }
        let ascending = numbers.map(\.row) + texts.map(\.row)
        return isDescending ? ascending.reversed() : ascending
    }

    // MARK: by their words

    /// Those that have all words in their titles, then in titles and texts, then in remarks as well, then anywhere; among
    /// those the best first, and at the end what no word led to.
    private func relevant(_ query: Query, _ count: Int) throws -> [Int64] {
        var folder = WordFolder()
        guard let expression = Self.ranked(query, &folder) else { return try added(count, latestFirst: true) }
        let documents = try knownDocuments()
        var rows: [Int64] = []
        var known: Set<Int64> = []
        var columns: [SearchableText.Rank] = []
        for rank in SearchableText.Rank.allCases where rows.count < count {
            if let documents, known.count >= documents.count { break }
            columns.append(rank)
            let names = columns.map { "\($0)" }.joined(separator: " ")
            let isLast = columns.count == SearchableText.Rank.allCases.count
            let text = isLast ? expression : "{\(names)} : \(expression)"
            let candidates = try candidates(
                text, in: documents, most: max(Search.rankedCandidates, count + known.count))
            for row in try ranked(candidates, text, most: count + known.count)
            where rows.count < count && known.insert(row).inserted { rows.append(row) }
        }
        if rows.count < count { rows += try added(count - rows.count, latestFirst: true, but: known) }
        return rows
    }

    /// The words to rank by: those that must all occur; without any, those that may occur.
    private static func ranked(_ query: Query, _ folder: inout WordFolder) -> String? {
        guard let root = query.root else { return nil }
        if case .all(let nodes) = root {
            let words = nodes.filter(QueryEvaluation.isOfWords)
            if let expression = WordExpression(.all(words), &folder) { return "(\(expression.text))" }
        } else if QueryEvaluation.isOfWords(root) {
            return WordExpression(root, &folder).map { "(\($0.text))" }
        }
        func wanted(_ node: Query.Node) -> [Query.Node] {
            switch node {
            case .words: [node]
            case .all(let nodes), .any(let nodes): nodes.flatMap(wanted)
            case .not, .filter: []
            }
        }
        return WordExpression(.any(wanted(root)), &folder).map { "(\($0.text))" }
    }

    /// The documents of a set of few records, ascending, with their rows; nil for many.
    private func knownDocuments() throws -> [Int64: Int64]? {
        if found.isComplement || found.count(of: 0) > Self.fewRows { return nil }
        var documents: [Int64: Int64] = [:]
        for row in found.rows {
            let document = try database.integer(
                "SELECT document FROM searchable WHERE record = ?", .integer(row))
            if let document { documents[document] = row }
        }
        return documents
    }

    /// Documents of the set that an expression fits, the latest first.
    private func candidates(_ expression: String, in documents: [Int64: Int64]?, most: Int) throws -> [Int64]
    {
        var candidates: [Int64] = []
        if let documents {
            guard let first = documents.keys.min(), let last = documents.keys.max() else { return [] }
            var rows = try database.rows(
                "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC",
                .text(expression), .integer(first), .integer(last))
            while candidates.count < most, try rows.next() {
                if documents[rows.integer(0)] != nil { candidates.append(rows.integer(0)) }
            }
        } else {
            var rows = try database.rows(
                """
                SELECT search.rowid, searchable.record
                FROM search
                CROSS JOIN searchable ON searchable.document = search.rowid
                WHERE search MATCH ?
                ORDER BY search.rowid DESC
                """, .text(expression))
            while candidates.count < most, try rows.next() {
                if found.contains(rows.integer(1)) { candidates.append(rows.integer(0)) }
            }
        }
        return candidates
    }

    private func ranked(_ documents: [Int64], _ expression: String, most: Int) throws -> [Int64] {
        guard let last = documents.first, let first = documents.last else { return [] }
        let list = "[" + documents.map { "\($0)" }.joined(separator: ",") + "]"
        var found: [Int64] = []
        var rows = try database.rows(
            Search.ranking, .text(expression), .text(list), .integer(first), .integer(last), .integer(most))
        while try rows.next() { found.append(rows.integer(0)) }
        return found
    }
}
