internal import QuipuCanonicalJSON
internal import QuipuCausality

/// Exports of Readwise: its tables of highlights and of Reader's documents, and the answers of its export API. Those of
/// Reader's API are `ReaderDocuments`.
///
/// All highlights of one book or page become annotations of one article.
enum Readwise {
    static let scope = "readwise"
    static let highlights = "readwise:highlights"

    private static let ofBook = ServiceMembers([
        "user_book_id": FieldNames.identifier, "title": "title", "author": "author", "source_url": "url",
        "summary": "abstract", "book_tags": "tags", "highlights": "", "document_note": "",
    ])
    private static let ofHighlight: Set<String> = [
        "id", "text", "note", "tags", "highlighted_at", "created_at", "updated_at", "is_deleted",
    ]

    static func isRecognised(_ start: SourceStart) -> Bool {
        let sample = JSONSample(start)
        return (sample.first(in: "results") ?? sample.first)?.has("user_book_id", "highlights") ?? false
    }

    static func events(of book: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        if book["is_deleted"]?.bool == true {
            return [.remark(place, "the book was deleted in Readwise and is left out")]
        }
        var relations = SourceRelations()
        relations.key = ServiceMembers.id(book["user_book_id"]).map { "book:" + $0 }
        var events = [
            SourceEvent.item(
                try ArticleMapping.item(
                    from: ofBook(book.members ?? []), place: place, producer: scope, relations: relations))
        ]
        if let note = book["document_note"]?.string, !SourceValue.isBlank(note) {
            var facts = PartFacts()
            facts.foreignID = relations.key.map { "note of " + $0 }
            facts.producer = highlights
            events.add(at: place) { () throws(Rejection) in
                try .note(text: note, facts: facts, place: place, relations: child(of: relations.key))
            }
        }
        var deleted = 0
        for highlight in book["highlights"]?.array ?? [] {
            if highlight["is_deleted"]?.bool == true {
                deleted += 1
                continue
            }
            events.add(at: place) { () throws(Rejection) in
                try part(of: highlight, parent: relations.key, place)
            }
        }
        if deleted > 0 {
            let what = deleted == 1 ? "1 highlight was" : "\(deleted) highlights were"
            events.append(.remark(place, "\(what) deleted in Readwise and left out"))
        }
        return events
    }

    private static func child(of parent: String?) -> SourceRelations {
        var relations = SourceRelations()
        relations.parent = parent
        return relations
    }

    private static func part(
        of highlight: JSONValue, parent: String?, _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var facts = PartFacts()
        facts.date = highlight["highlighted_at"].flatMap { $0.isNull ? nil : $0 } ?? highlight["created_at"]
        facts.tags = highlight["tags"]
        facts.foreignID = ServiceMembers.id(highlight["id"])
        facts.producer = highlights
        facts.modified = ServiceMembers.modified(highlight["updated_at"])
        facts.beside = ServiceMembers.others(of: highlight, without: ofHighlight)
        var relations = child(of: parent)
        if let quote = highlight["text"]?.string, !SourceValue.isBlank(quote) {
            relations.passage = SourcePassage(exact: quote)
        }
        return try .annotation(
            text: highlight["note"]?.string, facts: facts, place: place, relations: relations)
    }

    /// An id for what a table gives none: a hash of what makes it one.
    static func id(of parts: String...) -> String { id(of: parts) }

    static func id(of parts: [String]) -> String {
        let text = parts.joined(separator: "\u{1F}")
        let hash = String(BLAKE2b.hash16(Array(text.utf8)), radix: 16)
        return String(repeating: "0", count: 32 - hash.count) + hash
    }
}

extension FormatEntry {
    static let readwise = FormatEntry(
        .readwise, name: "an export of Readwise",
        fields: [
            ("title", ["title", "Book Title", "Title"]), ("author", ["author", "Book Author"]),
            ("url", ["source_url", "URL", "url"]), ("tags", ["book_tags", "tags", "Tags", "Document tags"]),
            ("quote", ["highlights.text", "Highlight", "content"]),
            ("text", ["highlights.note", "Note", "notes"]),
            ("date", ["highlighted_at", "Highlighted at", "published_date", "created_at"]),
            ("abstract", ["summary"]),
        ],
        isRecognised: {
            Readwise.isRecognised($0) || ReaderDocuments.isRecognised($0)
                || [.highlights, .documents].contains(ServiceTable.recognised($0))
        },
        open: { (source, _) throws(InterchangeError) in
            if try ServiceTable.isTable(source) {
                return try ServiceTableReader(source, [.highlights, .documents])
            }
            let raw = try source.peek(SourceLimits.recognitionBytes)
            let start = SourceStart(
                raw: raw, bytes: ByteOrderMark.text(of: raw), isWhole: false, name: source.name)
            if ReaderDocuments.isRecognised(start) {
                let documents = ReaderDocuments()
                return try ServiceReader(
                    source, name: "documents of Readwise's Reader", paths: [["results"]],
                    finish: documents.finish
                ) { (value, place) throws(Rejection) in try documents.events(of: value, at: place) }
            }
            return try ServiceReader(source, name: "an export of Readwise", paths: [["results"]]) {
                (value, place) throws(Rejection) in
                try Readwise.events(of: value, at: place)
            }
        })
}
