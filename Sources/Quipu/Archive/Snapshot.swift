internal import QuipuCausality
internal import QuipuStorage

/// One unchanging view of an archive, as `Archive.read` passes it. It must not outlive that call.
public struct Snapshot: ~Copyable {
    let store: Store

    // Inlined into a closure that is specialised, it makes the optimiser of Swift 6.3 abort: a value that cannot be copied would
    // begin with one that is only lent.
    @inline(never)
    init(_ store: Store) { self.store = store }

    /// The record of an id, or the one that it was merged into; nil if there is none. Deleted records are returned too, and
    /// say so.
    ///
    ///     if let record = try archive.read({ try $0.record(id) }) { print(record.fields.title ?? "untitled") }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func record(_ id: RecordID) throws(QuipuError) -> Record? { try store.presentRecord(id) }

    /// Finds a record by the first letters of its handle, by its id with or without its kind, or an article by its web
    /// address or DOI. For one that was merged into another, that one is found.
    ///
    ///     let record = try archive.read { try $0.find("3k9x7t2m") }
    ///
    /// - Throws: `unknownRecord`, `ambiguousHandle`.
    public func find(_ text: String) throws(QuipuError) -> Record {
        try QuipuError.presenting { Record(try store.find(text)) }
    }

    /// Finds a record as `find` does, by itself: also one that was merged into another, and then with its own values only.
    ///
    ///     let duplicate = try archive.read { try $0.recordByItself("3k9x7t2m") }
    ///     print(duplicate.mergedInto?.handle ?? "not merged")
    ///
    /// - Throws: `unknownRecord`, `ambiguousHandle`.
    public func recordByItself(_ text: String) throws(QuipuError) -> Record {
        try QuipuError.presenting { Record(try store.findByItself(text)) }
    }

    /// The matching records, in the order of their creation.
    ///
    ///     let drafts = try archive.read { try $0.records(.init(tag: "draft")) }
    ///
    /// - Parameter limit: the maximum number; nil for all.
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func records(_ filter: RecordFilter = RecordFilter(), limit: Int? = nil) throws(QuipuError)
        -> [Record]
    {
        try store.presentRecords(filter, limit: limit)
    }

    /// Visits the matching records in the order of their creation; only one record is in memory at a time.
    ///
    ///     try archive.read { archive in
    ///         try archive.forEachRecord(.init(tag: "river")) { record in
    ///             print(record.caption ?? "")
    ///             return true
    ///         }
    ///     }
    ///
    /// - Parameter visit: returns false to stop.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func forEachRecord(
        _ filter: RecordFilter = RecordFilter(), _ visit: (Record) throws -> Bool
    ) throws {
        try QuipuError.relaying { try store.forEachRecord(filter.stored) { try visit(Record($0)) } }
    }

    /// Records that fit a query, the best first, each with the passage that matched; see `records(matching:sort:offset:limit:)`.
    /// A blank query finds nothing.
    ///
    ///     for hit in try archive.read({ try $0.search("flooded river*", limit: 20) }) { print(hit.passage) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func search(_ words: String, limit: Int = 50) throws(QuipuError) -> [SearchHit] {
        try QuipuError.presenting {
            var isIndexFresh = true
            return try store.search(words, limit: limit, isIndexFresh: &isIndexFresh).map {
                SearchHit(record: Record($0.record), passage: $0.snippet)
            }
        }
    }

    /// The kinds of all records, those deleted included.
    ///
    ///     print(try archive.read { try $0.kindsEverUsed() })
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func kindsEverUsed() throws(QuipuError) -> [RecordKind] {
        try QuipuError.presenting { try store.log.kindsEverUsed().map { RecordKind(rawValue: $0) } }
    }

    /// Annotations, notes and attachments of a record, without deleted ones.
    ///
    ///     let notes = try archive.read { try $0.dependents(of: article).filter { $0.id.kind == .note } }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func dependents(of id: RecordID) throws(QuipuError) -> [Record] {
        try QuipuError.presenting { try store.records.attachments(to: id.stored).map { Record($0) } }
    }

    /// Who changed a record, and when; oldest first. Of merged records each has a history of its own.
    ///
    ///     for entry in try archive.read({ try $0.history(of: id) }) { print(entry.author, entry.changes.map(\.field)) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func history(of id: RecordID) throws(QuipuError) -> [HistoryEntry] {
        try QuipuError.presenting { try store.log.history(of: store.known(id)).map { HistoryEntry($0) } }
    }

    /// A record and all that are shown with it as one: first the one under which they are shown, with what all of them show.
    package func together(with record: Record) throws(QuipuError) -> [Record] {
        try QuipuError.presenting {
            guard let shown = try store.records.view(record.id.stored, kind: record.kind.rawValue) else {
                return [record]
            }
            return [Record(shown)]
                + (try shown.members.compactMap { try store.records.stored($0, kind: shown.kind) }.map {
                    Record($0)
                })
        }
    }

    /// Of records that are shown as one, the one whose value of a field is shown.
    package func source(of field: String, shownBy record: Record) throws(QuipuError) -> RecordID? {
        try QuipuError.presenting {
            try store.records.source(of: field, shownBy: record.stored).map {
                RecordID($0, kind: record.kind.rawValue)
            }
        }
    }

    /// The histories of several records as one, oldest first, with the number of each entry in its record's own.
    package func history(
        of records: [Record]
    ) throws(QuipuError) -> [(record: RecordID, number: Int, entry: HistoryEntry)] {
        try QuipuError.presenting {
            var found: [(position: Int64, record: RecordID, number: Int, entry: HistoryEntry)] = []
            for record in records {
                for (index, entry) in try store.log.history(of: record.stored).enumerated() {
                    found.append((entry.position, record.id, index + 1, HistoryEntry(entry)))
                }
            }
            // Of one transaction the records stay in their order.
            let order = found.enumerated().sorted {
                ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
            }
            return order.map { ($0.element.record, $0.element.number, $0.element.entry) }
        }
    }

    /// Visits the log, the last received transaction first.
    ///
    ///     try archive.read { try $0.forEachLogEntry { entry in
    ///         print(entry.author)
    ///         return true
    ///     } }
    ///
    /// - Parameter visit: returns false to stop.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func forEachLogEntry(_ visit: (HistoryEntry) throws -> Bool) throws {
        try QuipuError.relaying { try store.log.forEachEntry { try visit(HistoryEntry($0)) } }
    }

    /// A record's caption in listings: its title, name, quotation or text. Nil if it has none, or there is no record.
    ///
    ///     print(try archive.read { try $0.caption(of: id) } ?? "untitled")
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func caption(of id: RecordID) throws(QuipuError) -> String? {
        try QuipuError.presenting { try store.records.caption(of: id.stored, kind: id.kind.rawValue) }
    }

    /// The number of records of each kind, without deleted ones.
    ///
    ///     print(try archive.read { try $0.counts()[.article] ?? 0 }, "articles")
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func counts() throws(QuipuError) -> [RecordKind: Int] {
        try QuipuError.presenting {
            Dictionary(
                uniqueKeysWithValues: try store.recordCounts().map {
                    (RecordKind(rawValue: $0.kind), $0.count)
                })
        }
    }
}

/// A record that a search found.
public struct SearchHit: Sendable {
    public let record: Record
    /// Text around the match, `[` and `]` around the words that matched.
    public let passage: String
}

/// Which records are wanted.
public struct RecordFilter: Sendable {
    public var kind: RecordKind?
    public var tag: String?
    public var collection: RecordID?
    /// In any of these collections, since several may have the same name. Empty for all.
    public var anyCollection: [RecordID] = []
    public var includesDeleted: Bool

    /// Makes a filter; a record must fit all that is given.
    ///
    ///     let filter = RecordFilter(kind: .note, tag: "river")
    ///
    /// - Parameters:
    ///   - kind: nil for records of all kinds.
    ///   - tag: nil for records with any tags.
    ///   - collection: nil for records in any collection.
    ///   - includesDeleted: whether deleted records fit too.
    public init(
        kind: RecordKind? = nil, tag: String? = nil, collection: RecordID? = nil,
        includesDeleted: Bool = false
    ) {
        self.kind = kind
        self.tag = tag
        self.collection = collection
        self.includesDeleted = includesDeleted
    }

    var stored: QuipuStorage.RecordFilter {
        var stored = QuipuStorage.RecordFilter()
        stored.kind = kind?.rawValue
        stored.tag = tag
        let collections = anyCollection + (collection.map { [$0] } ?? [])
        stored.collections = collections.isEmpty ? nil : collections.map(\.stored)
        stored.includesDeleted = includesDeleted
        return stored
    }
}

extension Store {
    /// The record itself, whatever it is merged into.
    ///
    /// - Throws: `unknownRecord`.
    func known(_ id: RecordID) throws -> QuipuStorage.Record {
        guard let record = try stored(id.stored, kind: id.kind.rawValue) else {
            throw QuipuError(.unknownRecord, "there is no record \(id)")
        }
        return record
    }

    func presentRecord(_ id: RecordID) throws(QuipuError) -> Record? {
        try QuipuError.presenting { try view(id.stored, kind: id.kind.rawValue).map { Record($0) } }
    }

    func presentRecords(_ filter: RecordFilter, limit: Int?) throws(QuipuError) -> [Record] {
        try QuipuError.presenting {
            var found: [Record] = []
            if let limit, limit < 1 { return found }
            try forEachRecord(filter.stored) { record in
                found.append(Record(record))
                return found.count < limit ?? .max
            }
            return found
        }
    }
}
