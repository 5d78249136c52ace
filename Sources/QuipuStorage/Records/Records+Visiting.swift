internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuSQLite

/// Which records a listing shows.
public struct RecordFilter: Sendable {
    public var kind: String?
    public var tag: String?
    /// In any of these: several may show one name. Nil for all.
    public var collections: [RecordID]?
    public var includesDeleted = false
    /// Each record by itself, as it is kept, also those that are merged into another one.
    public var showsEachRecord = false

    public init() {}

    /// An element that all that fits must have, by which it is found; nil where there is none.
    fileprivate var element: String? {
        if let tag { return "tags/" + tag.nfc }
        guard let only = collections?.first, collections?.count == 1 else { return nil }
        return "collections/" + only.text
    }
}

extension Records {
    /// Visits records in the order they came to this replica.
    /// - Parameter visit: returns false to stop.
    public func forEach(_ filter: RecordFilter, _ visit: (Record) throws -> Bool) throws {
        var kindRow: Int64?
        if let kind = filter.kind {
            guard let row = try interning.knownNameRow(kind, in: database) else { return }
            kindRow = row
        }
        var last: Int64? = 0
        while let after = last {
            // A page from one snapshot of the archive; a slow reader keeps no more of it alive.
            last = try reading { try visitPage(filter, kindRow, after: after, visit) }
        }
    }

    /// - Returns: the last row of the page; nil where there is none, or nothing more is to be visited.
    private func visitPage(
        _ filter: RecordFilter, _ kindRow: Int64?, after last: Int64, _ visit: (Record) throws -> Bool
    ) throws -> Int64? {
        let page =
            try filter.element.map { try recordStates.rows(having: $0, after: last, limit: 256) }
            ?? rowNumbers(kind: kindRow, includesDeleted: filter.includesDeleted, after: last)
        var facts: [Int64: TransactionFacts] = [:]
        let merges = filter.showsEachRecord ? MergeGraph.empty : try merges
        for row in page {
            let state = try recordStates.record(row: row)
            var record: Record
            if filter.showsEachRecord {
                record = try stored(state, &facts)
            } else if try merges.isMember(row) && !isDeletedAlone(state) {
                // An element that only a member has leads to its representative, once.
                guard filter.element != nil, try leadsToRepresentative(row, filter, merges) else { continue }
                record = try view(recordStates.record(row: merges.representative(of: row)), &facts)
            } else {
                record = try view(state, &facts)
            }
            if filter.element != nil {
                if let kind = filter.kind, record.kind != kind { continue }
                if record.isDeleted, !filter.includesDeleted { continue }
            }
            if let tag = filter.tag, !record.tags.contains(tag) { continue }
            if let collections = filter.collections {
                let isIn = record.elements(of: "collections")
                if !collections.contains(where: { isIn.contains($0.text) }) { continue }
            }
            if try !visit(record) { return nil }
        }
        return page.last
    }

    /// Whether a member is the first that has an element which its representative has not.
    private func leadsToRepresentative(
        _ row: Int64, _ filter: RecordFilter, _ merges: MergeGraph
    ) throws -> Bool {
        guard let element = filter.element else { return false }
        let representative = merges.representative(of: row)
        func has(_ row: Int64) throws -> Bool {
            try recordStates.record(row: row).fields[element] == JSONLiteral.true
        }
        if try has(representative) { return false }
        return try merges.members(of: representative).allSatisfy { try $0 >= row || !has($0) }
    }

    private func rowNumbers(kind: Int64?, includesDeleted: Bool, after last: Int64) throws -> [Int64] {
        var found: [Int64] = []
        if let kind {
            var rows = try database.rows(
                "SELECT row FROM record WHERE kind = ? AND row > ? AND (? OR NOT state & 2) ORDER BY row LIMIT 256",
                .integer(kind), .integer(last), .boolean(includesDeleted))
            while try rows.next() { found.append(rows.integer(0)) }
        } else {
            var rows = try database.rows(
                "SELECT row FROM record WHERE row > ? AND (? OR NOT state & 2) ORDER BY row LIMIT 256",
                .integer(last), .boolean(includesDeleted))
            while try rows.next() { found.append(rows.integer(0)) }
        }
        return found
    }
}
