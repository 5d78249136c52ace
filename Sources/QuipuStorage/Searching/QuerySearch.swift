public import QuipuCausality
internal import QuipuNaturalKeys
internal import QuipuSQLite
internal import QuipuTextFolding

/// Records that fit a query, as many as were asked for.
public struct QueryPage: Sendable {
    public var hits: [SearchHit] = []
    /// How many fit in all.
    public var total = 0
    public var notes: [QueryNote] = []
}

/// Finds records by queries (`Query`).
public struct QuerySearch: ArchivePart {
    let archive: OpenArchive
}

extension QuerySearch {
    /// The records that fit, in an order, from one view of the archive.
    ///
    /// - Parameters:
    ///   - order: nil for `relevance` where the query has words, and `added` where it has none.
    ///   - offset: how many are skipped.
    ///   - limit: how many are returned; nil for all.
    public func page(
        _ query: Query, order: RecordOrder? = nil, offset: Int = 0, limit: Int?
    ) throws -> QueryPage {
        var page = QueryPage()
        var folder = WordFolder()
        let (rows, total, notes) = try rows(query, order: order, offset: offset, limit: limit)
        let sought = SearchQuery(sought: query, &folder)
        for row in rows {
            let record = try recordStates.record(row: row)
            let snippet =
                sought.terms.isEmpty
                ? "" : try Snippet(of: SearchableText(of: recordGroups.seen(record)), sought, &folder).text
            page.hits.append(SearchHit(record: try records.view(record), snippet: snippet))
        }
        (page.total, page.notes) = (total, notes)
        return page
    }

    /// Names of all records that fit, in the order in which they came.
    public func ids(_ query: Query) throws -> (ids: [(id: RecordID, kind: String)], notes: [QueryNote]) {
        let (rows, _, notes) = try rows(query, order: .init(.added, isReversed: true), offset: 0, limit: nil)
        return (try rows.map { try log.identity(of: $0) }, notes)
    }

    /// More are not told apart by their addresses.
    private static let mostNamed = 9

    /// Whether a text has the form of a web address or a DOI, which name articles as ids do.
    public static func isWebName(_ text: String) -> Bool {
        text.contains("://") || text.hasPrefix("10.") && CanonicalDOI.canonicalize(text) != nil
    }

    /// The records with a web address or a DOI.
    public func named(_ text: String) throws -> [Record] {
        try reading {
            let name = Query.Node.words(.init(text: text))
            var rows: MatchingRows?
            do {
                rows = try QueryEvaluation(archive: archive).rowsOfName(name)
            } catch let error as SQLiteError where cardIndex.isDamage(error) {
                cardIndex.forget()
                rows = try QueryEvaluation(archive: archive).rowsOfName(name)
            }
            return try (rows ?? .none).first(Self.mostNamed).map { try records.view(row: $0) }
        }
    }

    /// How many records fit.
    public func count(_ query: Query) throws -> (total: Int, notes: [QueryNote]) {
        let (_, total, notes) = try rows(query, order: .init(.added), offset: 0, limit: 0)
        return (total, notes)
    }

    /// Visits the records that fit, in an order, each page of them in a view of its own, so that a slow reader keeps no old
    /// state of the archive alive.
    ///
    /// - Parameter visit: returns false to stop.
    public func forEach(
        _ query: Query, order: RecordOrder? = nil, limit: Int? = nil,
        begin: (_ total: Int, _ notes: [QueryNote]) throws -> Void = { _, _ in },
        _ visit: (SearchHit) throws -> Bool
    ) throws {
        var folder = WordFolder()
        let sought = SearchQuery(sought: query, &folder)
        let (rows, total, notes) = try rows(query, order: order, offset: 0, limit: limit)
        try begin(total, notes)
        for start in stride(from: 0, to: rows.count, by: 256) {
            let goesOn = try reading {
                for row in rows[start..<min(rows.count, start + 256)] {
                    let record = try recordStates.record(row: row)
                    let snippet =
                        sought.terms.isEmpty
                        ? ""
                        : try Snippet(of: SearchableText(of: recordGroups.seen(record)), sought, &folder).text
                    if try !visit(SearchHit(record: try records.view(record), snippet: snippet)) {
                        return false
                    }
                }
                return true
            }
            if !goesOn { return }
        }
    }

    /// Visits the records that fit in the order in which they came, each as it is kept, with those that are merged into it.
    public func forEachRecord(_ query: Query, _ visit: (Record) throws -> Void) throws {
        let (rows, _, _) = try rows(query, order: .init(.added, isReversed: true), offset: 0, limit: nil)
        let merges = try merges
        for row in rows {
            for each in [row] + merges.members(of: row) {
                let identity = try log.identity(of: each)
                if let record = try records.stored(identity.id, kind: identity.kind) { try visit(record) }
            }
        }
    }

    /// Whether a query looks into a saved search, or into one that looks into it.
    public func looks(_ query: Query, into id: RecordID) throws -> Bool {
        var evaluation = QueryEvaluation(archive: archive)
        return try evaluation.savedSearches(of: query).contains(id)
    }

    private func rows(
        _ query: Query, order: RecordOrder?, offset: Int, limit: Int?
    ) throws -> (rows: [Int64], total: Int, notes: [QueryNote]) {
        var notes = query.notes
        if query.looksForWords {
            var isFresh = true
            try wordSearch.prepare(isIndexFresh: &isFresh)
            if !isFresh {
                notes.append(
                    .init(.staleIndex, "the archive cannot be written now, so new records may not be found"))
            }
        }
        return try reading {
            do {
                return try answer(query, order, offset, limit, notes)
            } catch let error as SQLiteError where cardIndex.isDamage(error) {
                cardIndex.forget()
                return try answer(query, order, offset, limit, notes)
            }
        }
    }

    private func answer(
        _ query: Query, _ order: RecordOrder?, _ offset: Int, _ limit: Int?, _ known: [QueryNote]
    ) throws -> (rows: [Int64], total: Int, notes: [QueryNote]) {
        var notes = known
        var evaluation = QueryEvaluation(archive: archive)
        let last = try database.integer("SELECT max(row) FROM record") ?? 0
        let found = try evaluation.rows(of: query).clipped(to: last)
        for note in evaluation.notes where !notes.contains(note) { notes.append(note) }
        let all =
            found.isComplement ? Int(try database.integer("SELECT count(*) FROM record") ?? 0) : 0
        let total = found.count(of: all)
        let offset = min(max(0, offset), total)
        let wanted = offset + min(max(0, limit ?? total), total - offset)
        if wanted == offset { return ([], total, notes) }
        // One has no order.
        let order =
            total == 1
            ? RecordOrder(.added) : order ?? RecordOrder(query.hasWords ? .relevance : .added)
        let rows = try QueryRanking(archive: archive, found: found, last: last, isDense: all == last)
            .rows(order, of: query, count: wanted)
        return (Array(rows.dropFirst(offset)), total, notes)
    }
}

extension Query {
    /// Whether the index of words is asked, also by a saved search.
    var looksForWords: Bool {
        terms.contains {
            switch $0 {
            case .words: true
            case .filter(let filter): filter.field == .in
            default: false
            }
        }
    }
}
