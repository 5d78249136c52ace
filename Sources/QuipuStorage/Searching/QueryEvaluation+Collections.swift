internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuTextFolding

/// A collection with a query of its own, which is evaluated whenever somebody looks into it.
public enum SavedSearch {
    public static let field = "query"
    /// One may look into another, which looks into another.
    public static let maximumDepth = 8
    /// As many are looked into for one query.
    static let maximumCount = 256
}

// Collections and saved searches.
extension QueryEvaluation {
    mutating func rows(inCollection value: String) throws -> MatchingRows {
        let ids = try collectionIDs(typed: value)
        if ids.isEmpty {
            let near = NearName.closest(to: value, among: try collections.names())
            return never("there is no collection '\(value)'", near: near)
        }
        // What was in one that is deleted is asked for with deleted records, to restore it.
        if !includesDeleted,
            try ids.allSatisfy({ try records.view($0, kind: "collection")?.isDeleted == true })
        {
            return never("the collection '\(value)' is deleted", isMalformed: true)
        }
        return try ids.reduce(.none) { found, id in
            found.union(try rows(having: "collections/" + id.text)).union(try rows(savedIn: id))
        }
    }

    /// The collections that a name, a handle or an id stands for, also one that differs in case and accents; those that are
    /// not deleted before those that are.
    private mutating func collectionIDs(typed value: String) throws -> [RecordID] {
        func present(_ ids: [RecordID]) throws -> [RecordID] {
            let present = try ids.filter { try records.view($0, kind: "collection")?.isDeleted == false }
            return present.isEmpty ? ids : present
        }
        let named = try present(collections.ids(named: value))
        if !named.isEmpty { return named }
        let found = try records.candidates(for: value).map { try recordStates.record(row: $0) }
        if let only = found.first, found.count == 1, only.kind == "collection" { return [only.id] }
        let wanted = folded(value)
        if wanted.isEmpty { return [] }
        let names = try collections.names().filter { folded($0) == wanted }
        return try present(names.flatMap { try collections.ids(named: $0) })
    }

    private func savedQuery(_ id: RecordID) throws -> (name: String, query: Query)? {
        guard let record = try recordStates.record(id, kind: "collection"),
            let text = record.fields[SavedSearch.field].flatMap({ decodeString($0) })
        else { return nil }
        let query = Query(text)
        if query.isBlank { return nil }
        return (record.fields["name"].flatMap { decodeString($0) } ?? id.shortHandle, query)
    }

    /// Evaluates the saved search of a collection; finds nothing if the collection has none.
    private mutating func rows(savedIn id: RecordID) throws -> MatchingRows {
        if let known = saved[id] { return known }
        guard let (name, query) = try savedQuery(id) else { return .none }
        if path.contains(id) { return never("the saved search '\(name)' leads to itself") }
        guard path.count < SavedSearch.maximumDepth else {
            return never("more than \(SavedSearch.maximumDepth) saved searches lead to each other in a row")
        }
        var inner = QueryEvaluation(archive: archive)
        inner.path = path + [id]
        inner.saved = saved
        inner.isNegated = isNegated
        let found = try inner.rows(of: query)
        for known in query.notes + inner.notes {
            note(known.code, "saved search '\(name)': \(known.message)", isMistake: known.isMistake)
        }
        saved = inner.saved
        saved[id] = found
        return found
    }

    /// Whether a query, or a saved search that it looks into, asks for deleted records.
    mutating func asksForDeleted(_ query: Query) throws -> Bool {
        if query.includesDeleted { return true }
        return try savedSearches(of: query).contains { try savedQuery($0)?.query.includesDeleted == true }
    }

    /// The saved searches that a query looks into, and those that they look into.
    mutating func savedSearches(of query: Query) throws -> Set<RecordID> {
        var seen: Set<RecordID> = []
        var queries = [query]
        while let next = queries.popLast() {
            for case .filter(let filter) in next.terms where filter.field == .in {
                for id in try collectionIDs(typed: filter.value)
                where seen.count < SavedSearch.maximumCount && seen.insert(id).inserted {
                    if let saved = try savedQuery(id) { queries.append(saved.query) }
                }
            }
        }
        return seen
    }
}
