internal import QuipuStorage

/// In which order records are listed.
///
///     let page = try archive.read { try $0.records(matching: "tag:river", sort: .date, limit: 20) }
public struct RecordOrder: Sendable, Hashable {
    let stored: QuipuStorage.RecordOrder

    /// The best first. What has no words to search for is listed as by `added`.
    public static let relevance = RecordOrder(.relevance)
    /// The last that came to this mirror first.
    public static let added = RecordOrder(.added)
    /// By the field `date`, the latest first; records without one last.
    public static let date = RecordOrder(.date)
    /// By title, or what a listing shows in its place, from A to Z.
    public static let title = RecordOrder(.title)
    /// The last changed first.
    public static let changed = RecordOrder(.changed)

    /// The same from its other end. Records by relevance have no other end.
    public var reversed: RecordOrder {
        RecordOrder(stored: .init(stored.key, isReversed: !stored.isReversed))
    }

    private init(_ key: QuipuStorage.RecordOrder.Key) { stored = .init(key) }
    private init(stored: QuipuStorage.RecordOrder) { self.stored = stored }

    /// The names that people type.
    package static let names = QuipuStorage.RecordOrder.Key.allCases.map(\.rawValue)

    package init?(name: String) {
        guard let key = QuipuStorage.RecordOrder.Key(rawValue: name) else { return nil }
        self.init(key)
    }
}

/// A note for the reader of a query's results: that the query could not be read and was searched as words, or that one of its
/// filters fits no record.
public struct QueryNote: Sendable, Equatable {
    /// A stable word that programs can rely on.
    public enum Code: String, Sendable {
        /// The query could not be read, and was searched as words.
        case notUnderstood = "not-understood"
        /// A part of the query was left out, because it is too long.
        case cutShort = "cut-short"
        /// A name before a colon that is no field; it was searched as a word.
        case unknownField = "unknown-field"
        /// A filter that fits no record as things are: a tag that nobody used, a language that no record is in.
        case neverMatches = "never-matches"
        /// The archive cannot be written now, so that new records may be missing.
        case staleIndex = "stale-index"
    }

    public let code: Code
    /// In words.
    public let message: String
    /// Whether the query finds what nobody can have meant: a value is none that its filter takes, as in `date:2026-13`;
    /// filters contradict each other, as in `before:2023 after:2024`; a collection is deleted; or a filter that fits no
    /// record is negated, so that it excludes none, and is near one that fits some, as a misspelled tag.
    public let isMistake: Bool

    init(_ note: QuipuStorage.QueryNote) {
        code =
            switch note.code {
            case .notUnderstood: .notUnderstood
            case .cutShort: .cutShort
            case .unknownField: .unknownField
            case .neverMatches: .neverMatches
            case .staleIndex: .staleIndex
            }
        message = note.message
        isMistake = note.isMistake
    }
}

extension QueryNote {
    /// What is to be said of a query that is not looked up.
    package static func onReading(_ query: String) -> [QueryNote] { Query(query).notes.map { QueryNote($0) } }

    var leavesNotAsTyped: Bool { isMistake || [.notUnderstood, .cutShort, .unknownField].contains(code) }
}

extension [QueryNote] {
    /// Whether a query was taken as it was typed, without a mistake in a filter. Somebody who changes whatever a query finds
    /// should ask.
    public var leaveQueryAsTyped: Bool { !contains(where: \.leavesNotAsTyped) }

    /// Those for which somebody should ask, each once.
    package var mistakes: [QueryNote] {
        var found: [QueryNote] = []
        for note in self where note.leavesNotAsTyped && !found.contains(note) { found.append(note) }
        return found
    }
}

/// The records that fit a query, as many as were asked for.
///
///     let page = try archive.read { try $0.records(matching: "agua -is:orphaned", limit: 20) }
///     print("\(page.count) of \(page.total)")
///     for record in page { print(record.fields.title ?? "untitled") }
public struct MatchingRecords: RandomAccessCollection, Sendable {
    /// With the passage of each that matched; empty where the query has no words.
    public let hits: [SearchHit]
    /// How many fit in all.
    public let total: Int
    public let notes: [QueryNote]

    public var startIndex: Int { 0 }
    public var endIndex: Int { hits.count }
    public subscript(position: Int) -> Record { hits[position].record }

    init(_ page: QueryPage) {
        hits = page.hits.map { SearchHit(record: Record($0.record), passage: $0.snippet) }
        total = page.total
        notes = page.notes.map { QueryNote($0) }
    }
}

/// The ids of all records that fit a query.
public struct MatchingIDs: RandomAccessCollection, Sendable {
    public let ids: [RecordID]
    public let notes: [QueryNote]

    public var startIndex: Int { 0 }
    public var endIndex: Int { ids.count }
    public subscript(position: Int) -> RecordID { ids[position] }
}
