internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// Finds the records of notes and files that have no id of their own, as RIS and BibTeX write them into the entry of their
/// article: by what hangs on that article already.
///
/// A note is the one that has its text, or was given it by an import before. Else it is the correction of a note whose last
/// imported text the source no longer has, if the two are alike; a text that is like none is a note of its own, since another
/// source may have said it. A file is the one with its content, or the one of its name that could not be had until now.
struct PartsOfEntries {
    private let store: Store
    /// Texts of notes that the source has, by article.
    private var told: [RecordID: Set<[UInt8]>] = [:]
    /// Articles whose parts were written in several batches, as they are too many for one: not all of their texts are known.
    private var divided: Set<RecordID> = []
    /// What hangs on the article that was looked at last: parts of an entry come together.
    private var last: EntryParts?
    /// Records that an item of this source is about.
    private var claimed: Set<RecordID> = []
    private static let mostClaimed = 1_000_000

    init(_ store: Store) { self.store = store }

    /// - Parameter isDivided: whether more parts of the last article come in the next batch.
    mutating func begin(_ items: [(item: ImportItem, article: RecordID?)], isDivided: Bool) {
        told = [:]
        last = nil
        if claimed.count > Self.mostClaimed { claimed = [] }
        for (item, article) in items where Self.isWithoutID(item) && item.kind == "note" {
            guard let article, let text = Self.value(of: "text", in: item) else { continue }
            told[article, default: []].insert(text)
        }
        if isDivided, let article = items.last?.article { divided.insert(article) }
    }

    /// Takes down that an item of this source became the record.
    mutating func claim(_ record: RecordID) { claimed.insert(record) }

    /// The item as a state of the record that it is about, with what it changes there; as it is where it is about none.
    mutating func matched(_ item: ImportItem, of article: RecordID?) throws -> ImportItem {
        guard let article, Self.isWithoutID(item) else { return item }
        switch item.kind {
        case "note": return try note(item, of: article)
        case Attachment.kind: return try file(item, try unclaimed(of: article, item.kind))
        default: return item
        }
    }

    private static func isWithoutID(_ item: ImportItem) -> Bool { item.id == nil && item.source == nil }

    private static func value(of field: String, in item: ImportItem) -> [UInt8]? {
        item.fields.first { $0.name == field }?.json
    }

    private mutating func parts(of article: RecordID) throws -> EntryParts {
        if let last, last.article == article { return last }
        let parts = EntryParts(
            of: article,
            try store.records.attachments(to: article).filter { $0.string("target") == article.text })
        last = parts
        return parts
    }

    private mutating func unclaimed(of article: RecordID, _ kind: String) throws -> [Record] {
        try parts(of: article).records.filter { $0.kind == kind && !claimed.contains($0.id) }
    }

    // MARK: Notes

    private mutating func note(_ item: ImportItem, of article: RecordID) throws -> ImportItem {
        guard let text = Self.value(of: "text", in: item) else { return item }
        let parts = try parts(of: article)
        if let same = parts.note(showing: text, besides: claimed) { return state(of: same, item) }
        if let given = try parts.note(given: text, besides: claimed, imported) {
            return state(of: given, item, without: ["text", "title"])
        }
        if divided.contains(article) { return item }
        let likely = try parts.note(
            like: text, besides: claimed, notAmong: told[article] ?? [], imported)
        return likely.map { state(of: $0, item) } ?? item
    }

    // MARK: Files

    private mutating func file(_ item: ImportItem, _ parts: [Record]) throws -> ImportItem {
        let name = Self.value(of: "name", in: item)
        guard let hash = Self.value(of: "sha256", in: item) else {
            // It is not where the source says; it may have been before.
            let path = Self.value(of: "x-path", in: item)
            let known =
                parts.first { path != nil && $0["x-path"] == path } ?? parts.first { $0["name"] == name }
            return known.map { state(of: $0, item, without: item.fields.map(\.name)) } ?? item
        }
        for part in parts where try part["sha256"] == hash || imported("sha256", of: part).contains(hash) {
            return state(of: part, item, without: item.fields.map(\.name))
        }
        let awaited = parts.first { part in
            guard part["sha256"] == nil, let name else { return false }
            return part["name"] == name
                || part.string("x-path")?.split(separator: "/").last.map(String.init) == decodeString(name)
        }
        return awaited.map { state(of: $0, item) } ?? item
    }

    /// The values that imports gave a field, in the order in which this mirror got them.
    private func imported(_ field: String, of part: Record) throws -> [[UInt8]] {
        try store.log.story(of: part, field: field).compactMap {
            $0.isByProgram && !$0.isMerge ? $0.json : nil
        }
    }

    /// - Parameter without: fields that say nothing new.
    private mutating func state(
        of record: Record, _ item: ImportItem, without known: [String] = []
    ) -> ImportItem {
        claimed.insert(record.id)
        let fields = item.fields.filter { !known.contains($0.name) && record[$0.name] != $0.json }
        return ImportItem(id: record.id, kind: item.kind, fields: fields)
    }
}
