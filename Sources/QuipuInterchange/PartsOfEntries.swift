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
    private let told: [RecordID: Set<[UInt8]>]
    /// What hangs on the article that was looked at last: parts of an entry come together.
    private var last: (article: RecordID, parts: [Record])?
    /// Records that an item of this source is about.
    private var claimed: Set<RecordID> = []

    init(_ store: Store, _ items: [(item: ImportItem, article: RecordID?)]) {
        self.store = store
        var told: [RecordID: Set<[UInt8]>] = [:]
        for (item, article) in items where Self.isWithoutID(item) && item.kind == "note" {
            guard let article, let text = Self.value(of: "text", in: item) else { continue }
            told[article, default: []].insert(text)
        }
        self.told = told
    }

    /// The item as a state of the record that it is about, with what it changes there; as it is where it is about none.
    mutating func matched(_ item: ImportItem, of article: RecordID?) throws -> ImportItem {
        guard let article, Self.isWithoutID(item) else { return item }
        switch item.kind {
        case "note": return try note(item, try parts(of: article, item.kind), told[article] ?? [])
        case Attachment.kind: return try file(item, try parts(of: article, item.kind))
        default: return item
        }
    }

    private static func isWithoutID(_ item: ImportItem) -> Bool { item.id == nil && item.source == nil }

    private static func value(of field: String, in item: ImportItem) -> [UInt8]? {
        item.fields.first { $0.name == field }?.json
    }

    private mutating func parts(of article: RecordID, _ kind: String) throws -> [Record] {
        if last?.article != article {
            let parts = try store.records.attachments(to: article).filter {
                $0.string("target") == article.text
            }
            last = (article, parts)
        }
        return (last?.parts ?? []).filter { $0.kind == kind && !claimed.contains($0.id) }
    }

    // MARK: Notes

    private mutating func note(
        _ item: ImportItem, _ parts: [Record], _ told: Set<[UInt8]>
    ) throws -> ImportItem {
        guard let text = Self.value(of: "text", in: item) else { return item }
        if let same = parts.first(where: { $0["text"] == text }) { return state(of: same, item) }
        var likely: (record: Record, likeness: Int)?
        for part in parts {
            let given = try imported("text", of: part)
            if given.contains(text) { return state(of: part, item, without: ["text", "title"]) }
            guard let before = given.last, !told.contains(before),
                let likeness = Likeness.percent(decodeString(before) ?? "", decodeString(text) ?? ""),
                likeness > likely?.likeness ?? 0
            else { continue }
            likely = (part, likeness)
        }
        return likely.map { state(of: $0.record, item) } ?? item
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

/// Whether a text may be a correction of another one: they share most of what they are made of.
enum Likeness {
    /// Longer texts are compared by their beginnings.
    private static let maximumLetters = 4_000
    private static let leastPercent = 60

    /// How many of the pairs of neighbouring letters both have (Dice's coefficient); nil where the texts are not alike. Case,
    /// spaces and punctuation do not count.
    static func percent(_ one: String, _ other: String) -> Int? {
        let (one, other) = (pairs(of: one), pairs(of: other))
        let total = one.values.reduce(0, +) + other.values.reduce(0, +)
        if total == 0 { return nil }
        let shared = one.reduce(0) { $0 + min($1.value, other[$1.key] ?? 0) }
        let percent = 200 * shared / total
        return percent >= leastPercent ? percent : nil
    }

    private static func pairs(of text: String) -> [UInt64: Int] {
        let letters = text.lowercased().unicodeScalars.lazy
            .filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }.prefix(maximumLetters)
        var pairs: [UInt64: Int] = [:]
        for (one, next) in zip(letters, letters.dropFirst()) {
            pairs[UInt64(one.value) << 32 | UInt64(next.value), default: 0] += 1
        }
        return pairs
    }
}
