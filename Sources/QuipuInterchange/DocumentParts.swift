internal import QuipuCausality
internal import QuipuFormats
internal import QuipuStorage

/// What identifies a record.
struct RecordName: Hashable {
    let id: RecordID
    let kind: String

    init(_ record: Record) { (id, kind) = (record.id, record.kind) }
}

/// The annotations and notes of an article, and those on them, with where in its text they are.
struct DocumentParts {
    static let kinds: Set<String> = ["annotation", "note"]

    let parts: [(name: RecordName, part: ExportDocument.Part)]

    init(of article: Record, in store: Store) throws {
        var text: PassageText?
        var found: [(name: RecordName, part: ExportDocument.Part)] = []
        var seen: Set<RecordName> = []
        // Answers come behind what they answer; last first.
        var waiting = [article]
        while let owner = waiting.popLast() {
            if owner.id != article.id || owner.kind != article.kind {
                var passage: Range<Int>?
                if owner.string("target") == article.id.text,
                    let selector = TextSelector(quote: owner["quote"], position: owner["position"])
                {
                    // Normalising a long text is worth it only when something quotes it.
                    if text == nil { text = article.string("body").map { PassageText($0) } }
                    passage = text.flatMap { $0.find(selector).range?.clamped(to: 0..<$0.count) }
                }
                let first = try store.log.history(of: owner).first
                found.append(
                    (
                        RecordName(owner),
                        ExportDocument.Part(
                            record: ExportRecord(owner), author: first?.author ?? "",
                            day: first.map { ExportDay.text(ofMilliseconds: $0.timeMilliseconds) } ?? "",
                            passage: passage.flatMap { $0.isEmpty ? nil : $0 })
                    ))
            }
            let dependents = try store.records.attachments(to: owner.id).filter {
                Self.kinds.contains($0.kind) && seen.insert(RecordName($0)).inserted
            }
            waiting += dependents.reversed()
        }
        parts = found
    }
}

/// The names of collections, each looked up once.
struct CollectionNames {
    /// Beyond it, names are looked up again.
    private static let maximumKept = 10_000

    private let store: Store
    private var kept: [String: String] = [:]

    init(_ store: Store) { self.store = store }

    mutating func names(of record: Record) throws -> [String] {
        try record.elements(of: "collections").map { try name(of: $0) ?? $0 }.sorted()
    }

    /// Nil where there is no such collection here, or it has no name.
    mutating func name(of id: String) throws -> String? {
        if let name = kept[id] { return name }
        guard
            let name = try RecordID(text: id).flatMap({ try store.view($0, kind: "collection") })?.string(
                "name")
        else {
            return nil
        }
        if kept.count < Self.maximumKept { kept[id] = name }
        return name
    }
}
